"""读取与整理的规则。What only the reader can see of a cell (the row goes back), and what was put right without asking (the row stays)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from chengxin.foundation.collection.readers import CellFault
from chengxin.kernel.rules import Rule

#: Ids of what standardising puts right; the value in the remark is the one that was handed in.
LONG_TERM: Final = "M01"
DATE_SERIAL: Final = "M02"
OTHER_NAME: Final = "M03"
UNIT_TAKEN_OFF: Final = "M04"
BROKEN_TEXT: Final = "R07"
NOT_A_ROW: Final = "R08"

_PASTE: Final = "在表格软件里选中该单元格，复制后“选择性粘贴”为“数值”，再重新报送该行。"

READING_RULES: Final[Mapping[str, Rule]] = {
    rule.id: rule
    for rule in (
        Rule(CellFault.FORMULA, "单元格是公式，显示的值可能不是最新的，不能作为报送内容。", "", _PASTE),
        Rule(
            CellFault.DIGITS_LOST,
            "单元格按数字保存，超过 15 位的数字已经丢失，不能作为代码使用。",
            "",
            "把该列设为“文本”格式，重新录入完整的代码后再报送该行。",
        ),
        Rule(CellFault.ERROR_VALUE, "单元格是错误值（如 #N/A、#REF!），不是报送内容。", "", "改正公式或直接录入内容后再报送该行。"),
        Rule(
            CellFault.FORMULA_TEXT,
            "内容以公式符号（= + - @ 或制表符）开头，在别人的电脑上打开时会被当作公式运行，不予接收。",
            "",
            "删去开头的符号后重新报送该行。",
        ),
        Rule(
            CellFault.TOO_MANY_CELLS,
            "这一行的内容多于表头的列，各列可能已经错位。",
            "",
            "检查该行是否多了分隔符；内容里的分隔符要放在双引号内。",
        ),
        Rule(CellFault.CONTROL_CHARACTER, "内容含有不可见的控制字符。", "", "重新录入该单元格（不要从其他程序直接粘贴）后再报送该行。"),
        Rule(BROKEN_TEXT, "内容中有乱码（替换字符或“锟斤拷”），原文已经损坏。", "", "从原始材料重新录入该单元格后再报送该行。"),
        Rule(NOT_A_ROW, "这一行像是合计、签名或者说明，不是一条信息，没有归集。", "", "不必处理；确是一条信息的，把各栏填全后再报送。"),
        Rule(LONG_TERM, "“长期”已按标准写为 2099-12-31。", "", "不必处理。"),
        Rule(DATE_SERIAL, "表格软件的日期序号已换成日期。", "", "请核对日期；不对的，改为 2026-04-01 的写法后重新报送。"),
        Rule(OTHER_NAME, "代码表以外的通行叫法已换成代码表的值。", "", "请核对；不对的，改用代码表里的值后重新报送。"),
        Rule(UNIT_TAKEN_OFF, "金额后面的单位“万元”已去除。", "", "不必处理；该栏以万元为单位。"),
    )
}
