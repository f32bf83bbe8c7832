"""The title model: LoRA on a language model, trained on pairs of content and title."""
