"""整份文件不予接收的理由。Each a :class:`Refused` with the stable slug ``file-…``, a sentence and the next step."""

from __future__ import annotations

from typing import Final

from chengxin.kernel.refused import Refused

_SAVE_AS: Final = "请在 Excel 或 WPS 中打开，另存为“Excel 工作簿（*.xlsx）”或“CSV UTF-8”后再报送"
_SPLIT: Final = "请拆分成几个较小的文件分别报送，或改用 CSV 格式"
_TEMPLATE: Final = "请下载该事项的报送模板，把数据粘贴为“值”后再报送"

_SENTENCES: Final[dict[str, tuple[str, str]]] = {
    "file-empty": ("文件是空的，没有任何内容", "请确认选对了文件后重新报送"),
    "file-no-rows": ("文件里只有表头或空行，没有数据行", "请填写至少一行数据后再报送"),
    "file-no-header": ("前 {rows} 行里没有找到本事项的表头", "请使用该事项的报送模板，表头写字段代码或中文名称"),
    "file-sheet-without-header": (
        "工作表“{sheet}”第 {row} 行起像是数据，却没有本事项的表头，不知道各列是什么",
        "给这张工作表加上表头，或者删去这张工作表，再整份报送",
    ),
    "file-too-large": ("文件有 {size}，超过 {form} 文件的限额 {limit}", _SPLIT),
    "file-kind-unknown": ("文件内容是{kind}，不是可以报送的表格", _SAVE_AS),
    "file-name-contradicts": ("文件名以“{suffix}”结尾，内容却是{kind}", "请确认文件没有选错；确实是数据文件的，改成正确的扩展名后再报送"),
    "file-executable": ("文件内容是可执行程序（{kind}），不予接收", "请确认文件来源，并检查本机是否感染病毒"),
    "file-two-formats": ("文件同时是两种格式（{detail}），不予接收", _SAVE_AS),
    "file-macros": ("工作簿带有宏程序，不予接收", "请另存为不带宏的“Excel 工作簿（*.xlsx）”后再报送"),
    "file-locked": ("工作簿设有打开密码，无法读取", "请在 Excel 中取消打开密码后再报送"),
    "file-package-path": ("压缩包内有不安全的路径“{name}”，不予接收", _SAVE_AS),
    "file-package-broken": ("工作簿已损坏或不完整（{detail}），无法读取", "请重新导出或另存一份后再报送"),
    "file-package-parts": ("工作簿内有 {count} 个部件，超过限额 {limit} 个", _SAVE_AS),
    "file-unpacks-too-large": ("工作簿解压后过大（{detail}），疑似压缩炸弹，不予接收", _SPLIT),
    "file-not-workbook": ("压缩包里没有工作簿，不是 Excel 文件", _SAVE_AS),
    "file-sheets": ("工作簿有 {count} 张工作表，超过限额 {limit} 张", _SPLIT),
    "file-xml-entities": ("文件含有 XML 文档类型声明或实体，不予接收", _SAVE_AS),
    "file-xml-broken": ("文件的 XML 结构有误（{detail}），无法读取", "请重新导出或另存一份后再报送"),
    "file-columns": ("第 {row} 行有 {count} 列，超过限额 {limit} 列", _TEMPLATE),
    "file-cell-too-long": ("第 {row} 行第 {column} 列的内容有 {count} 个字符，超过限额 {limit} 个", "请缩短该单元格的内容后再报送"),
    "file-row-too-large": ("第 {row} 行附近单行内容过大，不予接收", "请检查该行是否粘贴了整份文件，改正后再报送"),
    "file-element-too-large": (
        "文件里有一行或一个单元格的内容大得异常（超过 {limit}，或嵌套过深），不予接收",
        "请检查是否把整份文件粘贴进了一个单元格，改正后再报送",
    ),
    "file-blank-rows": ("第 {row} 行之后有连续 {count} 个空行，超过限额 {limit} 行", "请删除空行后再报送（选中空行，右键“删除”，再保存）"),
    "file-nul": ("第 {row} 行附近有空字节（NUL），不是正常的文本表格", _SAVE_AS),
    "file-encoding": ("第 {row} 行附近的文字既不是有效的 UTF-8，也不是有效的 GB18030", "请另存为“CSV UTF-8（逗号分隔）”后再报送"),
    "file-encoding-mixed": ("文件前面是 {encoding} 编码，第 {row} 行附近却不是", "请另存为“CSV UTF-8（逗号分隔）”后再报送"),
    "file-utf16": ("文件是 UTF-16（“Unicode 文本”）编码", "请另存为“CSV UTF-8（逗号分隔）”后再报送"),
    "file-quotes": ("第 {row} 行的引号不成对，后面的内容无法分行", "请检查该行的英文双引号：内容里的双引号要写成两个"),
    "file-dangerous-formula": (
        "工作表“{sheet}”第 {row} 行第 {column} 列是会调用外部程序或网络的公式，不予接收",
        "请确认文件来源；确属文字的，删去开头的公式符号后再报送",
    ),
    "file-json": ("JSON 结构有误：{detail}", '请报送对象数组、{{"rows": [...]}} 或每行一个对象'),
    "file-reading-memory": ("读取文件所需内存超过限额，不予接收", _SPLIT),
    "file-reading-time": ("读取文件超过时限，不予接收", _SPLIT),
    "file-reading-failed": ("文件结构异常，读取程序中止，不予接收", _SAVE_AS),
}


def refusal(slug: str, **facts: object) -> Refused:
    """The refusal ``slug`` with its facts filled in; ``row``, ``column`` and ``sheet`` also locate it."""
    sentence, what_to_do = _SENTENCES[slug]
    where: dict[str, str] = {name: str(facts[name]) for name in ("sheet", "row", "column") if name in facts}
    sentence = sentence.format(**facts).replace("工作表“”", "")  # a CSV has no sheets
    return Refused(slug=slug, sentence=sentence + "。", what_to_do=what_to_do.format(**facts) + "。", where=where)


def readable_size(size: int) -> str:
    """A size for people.

    >>> readable_size(104857600)
    '100 MB'
    """
    for unit, factor in (("GB", 1 << 30), ("MB", 1 << 20), ("KB", 1 << 10)):
        if size >= factor:
            return f"{size / factor:.4g} {unit}"
    return f"{size} 字节"
