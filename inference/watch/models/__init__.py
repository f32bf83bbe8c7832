"""Vision-language models that can watch: how each embeds frames and words, and where its tokens stand."""

from inference.watch.models.read import adapt, read
from inference.watch.models.vision_language import VisionLanguage

__all__ = ["VisionLanguage", "adapt", "read"]
