"""### Take new videos and the product catalogue into the lake

Looks into the landing folder every ten minutes. New videos are probed in batches, listened to and
read; then each is tied to the product it shows. Files that cannot be used are quarantined with the
reason and never stop the rest. When anything changed, `videos`, `products` and `transcripts` are
published together, so that whatever starts next sees one consistent state.

Pictures in the landing folder's `posters` become `posters`, from which layouts are learned; they are
published by themselves.

**Where to look when something is missing:** the `quarantine` dataset, contracts `videos` and `posters`.
"""

from data_contracts.catalog import POSTERS, PRODUCTS, TRANSCRIPTS, VIDEOS
from inference.media import steps
from plugins.pipeline import MODELS_POOL, RUN, pipeline, step


@pipeline(schedule="*/10 * * * *", doc_md=__doc__)
def ingest_media():
    catalogue = step(steps.read_catalogue)(run=RUN)
    new = step(steps.find_new_media)()
    probed = step(steps.probe_videos).partial(run=RUN).expand(batch=new)
    heard = step(steps.transcribe_videos, pool=MODELS_POOL).partial(run=RUN).expand(video_ids=probed)
    tied = step(steps.tie_products, trigger_rule="none_failed")(run=RUN)
    published = step(steps.publish_media, produces=[VIDEOS, PRODUCTS, TRANSCRIPTS], trigger_rule="none_failed")()
    [catalogue, heard] >> tied >> published
    step(steps.take_in_posters, produces=[POSTERS])(run=RUN)


ingest_media()
