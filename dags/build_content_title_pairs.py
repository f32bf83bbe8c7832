"""### Build the pairs that the title model learns from

Starts when media are published, and every night with what people clicked until then. Titles come
from the catalogue, from headlines on screen and from covers that people saw; every filter that drops
a row says why, and the dropped rows are in `quarantine`, contract `content_title_pairs`.

**Backfill:** `airflow backfill create --dag-id build_content_title_pairs --from-date DAY --to-date DAY`,
or Trigger → Backfill, builds the pairs whose content was first seen on those days, as filters and
sources are now; so does a day in the form. The rows of other days stay as they are.

**Where to look:** the dataset card, `card.html` of the newest run in the MLflow experiment
`content_title_pairs`; its address is in the log of `build_pairs` and on the asset's event.
"""

from data_contracts.catalog import CONTENT_TITLE_PAIRS, PRODUCTS, TRANSCRIPTS
from plugins.assets import asset, daily_or
from plugins.pipeline import BY_DAY, DAY, RUN, pipeline, step
from training.corpora.content_title_pairs import steps


@pipeline(schedule=daily_or(asset(PRODUCTS) & asset(TRANSCRIPTS)), params=BY_DAY, doc_md=__doc__)
def build_content_title_pairs():
    step(steps.build_pairs, produces=[CONTENT_TITLE_PAIRS])(run=RUN, day=DAY)


build_content_title_pairs()
