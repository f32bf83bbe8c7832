"""Which annotator looks at posters: the profile says."""

from inference.models import profile
from training.corpora.layout_annotations.annotation import Annotator


def chosen() -> Annotator:
    """The profile's annotator. Raises ``ValueError`` when it wants a model that the profile does not name."""
    if profile.load().layout_annotator == "embedded":
        from training.corpora.layout_annotations.embedded.annotator import EmbeddedAnnotator

        return EmbeddedAnnotator()
    from training.corpora.layout_annotations.vision_language import VisionLanguageAnnotator

    if not (model := profile.vision_language_model()):
        raise ValueError("layout_annotator is vision_language, but the profile has no vision_language model")
    return VisionLanguageAnnotator(model)
