"""Text on screen that belongs to whoever made or hosts the film: rights, watermarks, handles, links.

It is read like any headline and often stands longest, but it says nothing of what the video shows.
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


def is_notice(line: str) -> bool:
    """Whether a line on screen is a notice, an address or a watermark rather than a headline."""
    return bool(RIGHTS.search(line) or ADDRESS.search(line) or WATERMARK.fullmatch(line))


def without_notices(lines: Iterable[str]) -> tuple[str, ...]:
    """The lines that may say something of what the video shows, in their order."""
    return tuple(line for line in lines if not is_notice(line))
