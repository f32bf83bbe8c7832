"""Text that says nothing of what a video or its product is.

On screen it belongs to whoever made or hosts the film: rights, watermarks, handles, links. It is read
like any headline and often stands longest. In a shop's own text it calls the buyer to something, or
orders about whoever writes from it, a language model most of all.
"""

import re
from collections.abc import Iterable

RIGHTS = re.compile(
    r"仅用于|仅供|学术研究|研究项目|(项目|数据集|内部|平台|账号).{0,6}专用|版权|著作权|禁止|严禁|请勿|未经.{0,4}(授权|许可|同意)|"
    r"侵权|盗版|必究|转载|搬运|最终解释权|以实物为准|因人而异|"
    r"copyright|©|\(c\) ?(19|20)\d\d|all rights? reserved|do not (copy|distribute|redistribute|repost|reproduce|share)|"
    r"(unauthori[sz]ed|no) (copying|reproduction|redistribution|reposting|use)|property of|licensed (to|under)|"
    r"(for|not for) [a-z ]{0,24}(only|use|purposes?|sale|resale|distribution|broadcast)\b|results may vary|"
    r"confidential|terms (and conditions|apply)",
    re.IGNORECASE,
)
"""Notices of rights and use, and small print."""

ADDRESS = re.compile(
    r"https?:|www\.|@ ?\w|\b[a-z0-9-]+\.(com|cn|net|org|tv|io|co|me)\b|"
    r"(抖音|快手|小红书|视频|微信|公众|淘宝|bilibili|b站|uid|id) ?号?(?:[:：]| ?\d)",
    re.IGNORECASE,
)
"""Links, handles and accounts."""

WATERMARK = re.compile(
    r"[\W_]*(样片|样张|样品|预览版?|试看|水印|广告|直播中|"
    r"优酷视?频?|爱奇艺|腾讯视频|抖音短?视?频?|快手短?视?频?|小红书|西瓜视频|哔哩哔哩|剪映|"
    r"samples?|preview|demo|draft|watermark|proof|comp|screener|trial version|advertisement|sponsored|subscribe|"
    r"youkus?|iqiyi|tik ?tok|bilibili|youtube|instagram|kwai|capcut|shutterstock|getty ?images|adobe ?stock|i?stock|"
    r"pexels|pixabay|vimeo)[\W_]*",
    re.IGNORECASE,
)
"""Stamps and platforms, when they are all that the line says."""


APPEAL = re.compile(
    r"加(微信|[微vq](?=[:：信x\s])|扣扣|客服)|(微信|薇信|vx|v信|qq|扣扣)号?\s*[:：]\s*\w|好评.{0,4}(返|送|截图)|返现|"
    r"领.{0,6}券|(点击|戳|扫码).{0,4}(购买|领取|链接|下方|下单|抢|加|进群)|点关注|关注.{0,6}(店铺|公众号|主播)|"
    r"click (here|below|the link)|coupon code|use code \w+|(dm|message|whatsapp) us|(scan|tap) (the |our )?(qr|link)|"
    r"(five|5)[- ]star review",
    re.IGNORECASE,
)
"""Calls to buy, to write to somebody, to fetch a coupon, to praise."""

ORDER = re.compile(
    r"(忽略|无视|忘记|忘掉).{0,6}(以上|上述|上面|之前|前面|先前|所有|全部).{0,6}(要求|指令|指示|内容|提示|规则|设定)|"
    r"标题(请|要|应该?|必须|就|改)?(写|输出|改)(成|为|作|[:：])|请(直接|只|务必)?(输出|回答|回复|写出|生成)|"
    r"你(现在|从现在起)是|(^|[^a-z])(system|assistant|user|系统|助手)\s?[:：]|<\|?im_(start|end)|"
    r"(ignore|disregard|forget) (all |any |everything )?(of )?(the |your )?(previous|above|prior|earlier|preceding)|"
    r"(write|output|print|reply|respond|answer)( only)?( with)?( the)? (title|exactly|following)|"
    r"you are now|as an ai\b|system prompt",
    re.IGNORECASE,
)
"""Orders to whoever writes from the text."""

SENTENCE = re.compile(r"[^\n。！？!?；;]+[\n。！？!?；;]*")


def is_notice(line: str) -> bool:
    """Whether a line on screen is a notice, an address, a watermark, an appeal or an order rather than a headline."""
    return bool(RIGHTS.search(line) or ADDRESS.search(line) or WATERMARK.fullmatch(line) or _is_appeal(line))


def without_appeals(text: str | None) -> str | None:
    """A shop's text without the sentences that call to something or give orders."""
    if not text or not _is_appeal(text):
        return text
    return "".join(part for part in SENTENCE.findall(text) if not _is_appeal(part)).strip() or None


def without_notices(lines: Iterable[str]) -> tuple[str, ...]:
    """The lines that may say something of what the video shows, in their order."""
    return tuple(line for line in lines if not is_notice(line))


def _is_appeal(text: str) -> bool:
    return bool(APPEAL.search(text) or ORDER.search(text))
