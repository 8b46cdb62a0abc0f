"""组件陈列的样例：every piece in every state, with invented names and codes that pass their check digits."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from chengxin.kernel.instants import Instant, date_of
from chengxin.kernel.refused import Refused
from chengxin.site.pieces import Basis, Chart, Feature, Figure, FilterField, Proof, Reason, Step

LONG_NAME = "山东泰岳星河智能装备制造与新材料应用技术研究院（集团）有限责任公司新泰市羊流镇工业园区第三分公司驻宁阳县经济开发区办事处"
CODE = "91370911MA3C00011R"

BASES = {
    "有原文": Basis("信用修复管理办法 第八条", "公示期自司法、行政公务文书认定之日起计算。", href="/policy/publication"),
    "只有说明": Basis("平台约定", note="同一决定书含多种处罚的，按最严重的一种计算。", confidence="assumed"),
    "原文未收录": Basis("国家发展改革委 2018 年双公示指导意见", confidence="to_confirm"),
    "没有依据": Basis(""),
}


def figures() -> Mapping[str, list[Figure]]:
    """数字条: four, one that is overdue, very large ones, one alone."""
    return {
        "四个": [
            Figure(3000, "登记在册的主体", "/search"),
            Figure(30218, "公示中的记录", "/acts"),
            Figure(128, "今日公示", "/acts"),
            Figure("98.6", "上月按时率", "/offices", "%"),
        ],
        "有逾期": [
            Figure(7, "待交换", "/office/submissions"),
            Figure(3, "逾期", "/office/overdue", "件", "against"),
            Figure(0, "待甄别", "/office/quarantine"),
        ],
        "很大的数": [
            Figure(1_000_000, "主体", "/search"),
            Figure(5_128_402, "记录", "/acts"),
            Figure(12_345_678, "账本条目", "/log"),
            Figure("100.0", "按时率", "/offices", "%"),
        ],
    }


def records(at: Instant) -> list[Mapping[str, object]]:
    """记录: plain, with a period bar, disputed and restored, a long one, one with nothing but a title."""
    today = date_of(at)
    penalty = {
        "title": "行政处罚",
        "href": "/r/1",
        "subject_name": "泰安市岱岳区云麓山泉饮品厂",
        "subject_code": CODE,
        "subject_href": f"/s/{CODE}",
        "document_number": "泰岱市监处罚〔2026〕118号",
        "authority": "泰安市岱岳区市场监督管理局",
        "decided_on": today - timedelta(days=100),
        "summary": "生产标签不符合规定的食品，罚款 20,000 元。",
        "statuses": ["in_force"],
        "starts": today - timedelta(days=100),
        "earliest": today - timedelta(days=8),
        "ends": today + timedelta(days=265),
        "basis": BASES["有原文"],
    }
    return [
        penalty,
        {**penalty, "statuses": ["disputed", "provisional"], "earliest": today + timedelta(days=60)},
        {**penalty, "title": "行政许可", "statuses": ["recorded"], "summary": "食品生产许可（饮料）。", "earliest": None, "ends": None},
        {**penalty, "subject_name": LONG_NAME, "statuses": ["restored", "corrected", "ended"], "summary": "违法事实" * 60},
        {"title": "行政奖励", "statuses": [], "subject_name": ""},
    ]


def periods(today: date) -> Mapping[str, Mapping[str, object]]:
    """期限条: before, in the middle, restorable, last day, over, open."""
    return {
        "还没开始": {"starts": today + timedelta(days=3), "ends": today + timedelta(days=368), "earliest": today + timedelta(days=95)},
        "公示中，还不能修复": {
            "starts": today - timedelta(days=40),
            "ends": today + timedelta(days=325),
            "earliest": today + timedelta(days=52),
        },
        "公示中，可以修复": {
            "starts": today - timedelta(days=200),
            "ends": today + timedelta(days=165),
            "earliest": today - timedelta(days=108),
        },
        "今天最后一天": {"starts": today - timedelta(days=365), "ends": today, "earliest": today - timedelta(days=273)},
        "已届满": {"starts": today - timedelta(days=500), "ends": today - timedelta(days=135), "earliest": None},
        "没有截止日": {"starts": today - timedelta(days=500), "ends": None, "earliest": None},
    }


def deadlines(today: date) -> Mapping[str, Mapping[str, object]]:
    """期限牌: far, near, today, over, done in time, done late, provisional, none."""
    return {
        "还早": {"due_on": today + timedelta(days=9), "working_days_left": 6},
        "快到了": {"due_on": today + timedelta(days=1), "how": "自作出决定之日的次日起第 7 个工作日；法定节假日不计，调休上班日计入。"},
        "今天": {"due_on": today},
        "逾期": {"due_on": today - timedelta(days=5), "working_days_left": -3},
        "按时办结": {"due_on": today - timedelta(days=5), "done_on": today - timedelta(days=6)},
        "迟报": {"due_on": today - timedelta(days=5), "done_on": today - timedelta(days=1)},
        "放假安排未公布": {"due_on": today + timedelta(days=60), "provisional": True},
        "不计期限": {"due_on": None},
    }


PROOFS = [
    Proof("proven", 30217, "/verify?entry=30217", "/r/1/proof"),
    Proof("waiting", 30218),
    Proof("erased", 128, "/verify?entry=128"),
    Proof("failed", 7),
]


def steps(at: Instant) -> list[Step]:
    """经过 of one record."""
    return [
        Step(at - 864_000, "作出决定", "泰岱市监处罚〔2026〕118号", "泰安市岱岳区市场监督管理局"),
        Step(at - 432_000, "报送", "文件 7 月双公示.xlsx 第 12 行", "王经办", "/office/submissions/1", PROOFS[0]),
        Step(at - 400_000, "复核放行", by="李复核", proof=PROOFS[0]),
        Step(at - 3_600, "提出异议，标注“有争议”", "对处罚金额有异议。", proof=PROOFS[1]),
    ]


def pair() -> Mapping[str, object]:
    """比对卡."""
    return {
        "id": 1,
        "left": {"name": "泰安云麓山泉饮品厂", "division": "岱岳区", "legal_representative": "赵某"},
        "right": {
            "name": "泰安市岱岳区云麓山泉饮品厂",
            "code": CODE,
            "division": "岱岳区",
            "legal_representative": "钱某",
            "state": "开业",
            "href": f"/s/{CODE}",
        },
        "sentence": "文件里没有有效的统一社会信用代码，只有名称相近，平台不自行合并。",
        "action": "/office/matching/1",
        "features": [
            Feature("名称相近（92%）", "去掉地名后相同", "yes"),
            Feature("登记区划相同", "岱岳区", "yes"),
            Feature("法定代表人（负责人）姓名不同", "赵某 / 钱某", "no"),
            Feature("住所无从比较", "", "unknown"),
        ],
        "verdict": "unsure",
        "verdict_by": "李复核",
    }


REMARKS = [
    {
        "level": "error",
        "sheet": "Sheet1",
        "row": 12,
        "field": "CF_XDR_SHXYM",
        "field_title": "统一社会信用代码",
        "value": "9137O911MA3C00011",
        "sentence": "统一社会信用代码的校验位不对。",
        "clause": "GB 32100-2015",
        "mend": "对照营业执照重新填写 18 位代码。",
    },
    {
        "level": "error",
        "sheet": "Sheet1",
        "row": 1_048_576,
        "field": "CF_NR_FK",
        "field_title": "罚款金额（万元）",
        "value": "",
        "sentence": "处罚类别含罚款的，罚款金额必须填写且大于零。",
        "mend": "填写以万元为单位的金额，如 2000 元填 0.2。",
    },
    {
        "level": "warning",
        "sheet": "",
        "row": 3,
        "field": "CF_NR_FK",
        "field_title": "罚款金额（万元）",
        "value": "20000",
        "sentence": "罚款金额达到 1 亿元，可能把元填成了万元。",
    },
    {
        "level": "mended",
        "sheet": "",
        "row": 8,
        "field": "CF_XDR_SHXYM",
        "value": " 9137O911MA3C00011R",
        "sentence": "去掉了空格，字母 O 改为数字 0；只有这一种改法能通过校验。",
    },
]

REASONS = [
    Reason("基础分", 600),
    Reason("按期公示年报，三年连续", 60, BASES["有原文"]),
    Reason("一般失信行政处罚 2 条", -85, BASES["只有说明"], "/s/1"),
    Reason("获市级以上表彰", 20),
]
GROUPS = [
    {"label": "A 级", "before": 1200, "after": 1260},
    {"label": "B 级", "before": 1500, "after": 1432},
    {"label": "C 级", "before": 260, "after": 270},
    {"label": "D 级", "before": 40, "after": 38},
]
COUNTIES = [
    {"code": "370983", "name": "肥城市", "value": 412},
    {"code": "370911", "name": "岱岳区", "value": 655},
    {"code": "370902", "name": "泰山区", "value": 1208, "href": "/acts?division=370902"},
    {"code": "370923", "name": "东平县", "value": 96},
    {"code": "370921", "name": "宁阳县", "value": None},
    {"code": "370982", "name": "新泰市", "value": 530},
]
FILTERS = [
    FilterField("name", "主体名称", "text", "云麓", placeholder="名称的一部分", wide=True),
    FilterField("office", "作出机关", "select", "", (("", "全部"), ("1", "市场监督管理局"))),
    FilterField("from", "决定日期自", "date", "2026-01-01"),
    FilterField("to", "至", "date"),
]
REFUSED = Refused(
    "unknown-header",
    "看不懂第 3 列的列名“处罚金额大写”。",
    "改用目录里的列名或字段代码，或者先下载模板。",
    "credit-regulation/2.1.1",
    {"工作表": "Sheet1", "列": "C"},
)
MONTHS = ["2026-06", "2026-07", "2026-08", "2026-09", "2026-10", "2026-11"]
RATES = [96.2, 97.1, 95.4, 98.0, 98.9, 98.6]
CHART = Chart(
    "rates",
    "双公示按时率",
    {
        "xAxis": {"type": "category", "data": MONTHS},
        "yAxis": {"type": "value", "min": 90, "max": 100, "axisLabel": {"formatter": "{value}%"}},
        "series": [
            {
                "type": "line",
                "data": RATES,
                "symbolSize": 7,
                "lineStyle": {"width": 2.5},
                "label": {"show": True, "position": "top", "formatter": "{c}%"},
            }
        ],
    },
    ["月份", "按时率（%）"],
    [[month, str(rate)] for month, rate in zip(MONTHS, RATES, strict=True)],
    "近六个月在 95.4% 至 98.9% 之间，上月 98.6%。",
    "low",
)
SUBMISSION = {
    "state": "reading",
    "file_name": "7 月双公示.xlsx",
    "rows": 42_000,
    "rows_expected": 100_000,
    "accepted": 41_200,
    "updated": 500,
    "unchanged": 320,
    "rejected": 270,
    "quarantined": 30,
    "mended": 112,
}
