"""信用主体的用语。"""

from __future__ import annotations

from enum import IntEnum, StrEnum
from typing import Final


class SubjectKind(IntEnum):
    """主体类别。Departments tell only three; whether an organisation is a legal person is known from the registry."""

    ORGANIZATION = 1  # 法人及非法人组织, which of the two is not known yet
    LEGAL_PERSON = 2
    UNINCORPORATED_ORGANIZATION = 3
    INDIVIDUAL_BUSINESS = 4
    NATURAL_PERSON = 5

    @property
    def label(self) -> str:
        """The word on a page."""
        return KIND_LABELS[self]


KIND_LABELS: Final = {
    SubjectKind.ORGANIZATION: "法人及非法人组织",
    SubjectKind.LEGAL_PERSON: "法人",
    SubjectKind.UNINCORPORATED_ORGANIZATION: "非法人组织",
    SubjectKind.INDIVIDUAL_BUSINESS: "个体工商户",
    SubjectKind.NATURAL_PERSON: "自然人",
}


class IdentifierKind(StrEnum):
    """其他号码和名称的种类。The values of the numbers are the roles of catalogue fields."""

    REGISTRATION_NUMBER = "registration_number"
    ORGANIZATION_CODE = "organization_code"
    TAX_NUMBER = "tax_number"
    INSTITUTION_NUMBER = "institution_number"
    SOCIETY_NUMBER = "society_number"
    FORMER_NAME = "former_name"  # 曾用名, from the registry
    KNOWN_NAME = "known_name"  # a spelling that a person judged to be this subject's
    REPORTED_NAME = "reported_name"  # a department's spelling, before the registry knew the subject; agrees with nothing

    @property
    def label(self) -> str:
        """The word on a page."""
        return IDENTIFIER_LABELS[self]


IDENTIFIER_LABELS: Final = {
    IdentifierKind.REGISTRATION_NUMBER: "工商注册号",
    IdentifierKind.ORGANIZATION_CODE: "组织机构代码",
    IdentifierKind.TAX_NUMBER: "税务登记号",
    IdentifierKind.INSTITUTION_NUMBER: "事业单位证书号",
    IdentifierKind.SOCIETY_NUMBER: "社会组织登记证号",
    IdentifierKind.FORMER_NAME: "曾用名",
    IdentifierKind.KNOWN_NAME: "已核定的其他写法",
    IdentifierKind.REPORTED_NAME: "登记信息到达前部门报送的名称",
}

#: The numbers that may stand in for a code, through a recorded equivalence.
NUMBER_KINDS: Final = (
    IdentifierKind.REGISTRATION_NUMBER,
    IdentifierKind.ORGANIZATION_CODE,
    IdentifierKind.TAX_NUMBER,
    IdentifierKind.INSTITUTION_NUMBER,
    IdentifierKind.SOCIETY_NUMBER,
)
#: Names that count as the subject's own when a row is compared with it.
NAME_KINDS: Final = (IdentifierKind.FORMER_NAME, IdentifierKind.KNOWN_NAME)


class Resolution(StrEnum):
    """归属结果：how a row found its subject."""

    EXACT = "exact"  # 统一社会信用代码（自然人为证件号码盲索引）相符
    NUMBER = "number"  # 经登记的其他号码相符
    OPENED = "opened"  # 代码有效而未登记：新开主体
    CANDIDATE = "candidate"  # 待人工判定：a name alone, numbers that contradict, or nothing to go by


class Verdict(StrEnum):
    """判定。"""

    SAME = "same"
    DIFFERENT = "different"
    UNSURE = "unsure"
    RETRACTED = "retracted"  # takes back the judgement before it; the pair waits again

    @property
    def label(self) -> str:
        """The word on a page."""
        return {"same": "同一主体", "different": "不是同一主体", "unsure": "不能确定", "retracted": "撤回判定"}[self.value]


class Office(StrEnum):
    """职务。"""

    LEGAL_REPRESENTATIVE = "legal_representative"
    PRINCIPAL = "principal"
    ACTUAL_CONTROLLER = "actual_controller"

    @property
    def label(self) -> str:
        """The word on a page."""
        return {"legal_representative": "法定代表人", "principal": "主要负责人", "actual_controller": "实际控制人"}[self.value]
