"""The annotator that runs anywhere: OCR, ink and rules, no large model."""
