"""### Build the pairs that the title model learns from

Starts when media are published. Titles come from the catalogue and from headlines on screen; every
filter that drops a row says why, and the dropped rows are in `quarantine`, contract
`content_title_pairs`.
"""

from data_contracts.catalog import CONTENT_TITLE_PAIRS, PRODUCTS, TRANSCRIPTS
from plugins.assets import asset
from plugins.pipeline import RUN, pipeline, step
from training.corpora.content_title_pairs import steps


@pipeline(schedule=[asset(PRODUCTS), asset(TRANSCRIPTS)], doc_md=__doc__)
def build_content_title_pairs():
    step(steps.build_pairs, produces=[CONTENT_TITLE_PAIRS])(run=RUN)


build_content_title_pairs()
