"""随机抽查的表。Who may inspect, the plans, their draws, the visits and what was found. States move, nothing goes."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class Inspector(models.Model):
    """检查人员。``licences``: what they may enforce; ``areas``: beginnings of division codes, none: the whole city."""

    office_id = models.BigIntegerField(db_index=True)  # access.Department
    name = models.CharField(max_length=60)
    licence_number = models.CharField(max_length=40)  # number of the enforcement licence: how one is told apart, and shown
    licences = models.JSONField()
    areas = models.JSONField()
    valid_until = models.DateField()
    namesake = models.CharField(max_length=100, default="")  # why somebody of the same name is another person
    entered_at = models.BigIntegerField()
    ended_at = models.BigIntegerField(null=True)
    content_id = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["licence_number"], condition=Q(ended_at__isnull=True), name="inspection_inspector_once")
        ]


class InspectorConflict(models.Model):
    """回避：this inspector does not visit this subject."""

    inspector = models.ForeignKey(Inspector, on_delete=models.PROTECT, related_name="conflicts")
    subject_code = models.CharField(max_length=18)
    because = models.CharField(max_length=200)
    entered_at = models.BigIntegerField()
    ended_at = models.BigIntegerField(null=True)
    content_id = models.BigIntegerField()


class AnnualPlan(models.Model):
    """年度抽查计划 of an office: which matters in which quarters. Public from the moment it is entered; a later version says why."""

    office_id = models.BigIntegerField()
    year = models.IntegerField()
    version = models.IntegerField()
    lines = models.JSONField()  # [{"matter": id, "quarter": 1 to 4}]
    because = models.CharField(max_length=300, default="")  # of a later version
    by = models.CharField(max_length=150)
    at = models.BigIntegerField()
    content_id = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["office_id", "year", "version"], name="inspection_annual_version")]


class TargetList(models.Model):
    """抽查对象库：firms that an office named in a file, where no industry code says who they are (permit holders, users of a device)."""

    name = models.CharField(max_length=60, unique=True)
    office_id = models.BigIntegerField(db_index=True)
    file_sha256 = models.CharField(max_length=64)  # in the vault
    rows = models.IntegerField()
    members_count = models.IntegerField()
    left_out = models.JSONField()  # rows that name nobody: {"row", "name", "code", "because"}; repeated rows
    by = models.CharField(max_length=150)
    at = models.BigIntegerField()
    ended_at = models.BigIntegerField(null=True)
    content_id = models.BigIntegerField()


class TargetMember(models.Model):
    """库里的一户 and the row that named it."""

    list = models.ForeignKey(TargetList, on_delete=models.PROTECT, related_name="members")
    subject_id = models.BigIntegerField()
    row = models.IntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["list", "subject_id"], name="inspection_target_once")]


class InspectionPlan(models.Model):
    """抽查计划。``matters``: the first says who may be drawn and by which ratios, the others are looked at on the same visit."""

    number = models.CharField(max_length=40, unique=True)
    year = models.IntegerField()
    title = models.CharField(max_length=200)
    matters = models.JSONField()
    offices = models.JSONField()  # numbers of the departments, in the order of the matters
    divisions = models.JSONField()
    industries = models.JSONField(default=list)  # narrower than the lead matter's; none: all of those
    targets = models.ForeignKey(TargetList, on_delete=models.PROTECT, null=True, related_name="plans")  # instead of industries
    outside_because = models.CharField(max_length=300, default="")  # why it is not in the annual plan
    replaces = models.CharField(max_length=40, default="")  # number of the plan whose draw was aborted
    mode = models.CharField(max_length=12)  # types.Mode
    visits_from = models.DateField()
    visits_until = models.DateField()
    inspectors_per_visit = models.IntegerField()
    parties = models.JSONField()  # who gives a random number each
    public_source = models.CharField(max_length=300)
    reveal_due_at = models.BigIntegerField()
    public_due_at = models.BigIntegerField()
    drafted_by = models.CharField(max_length=150)
    drafted_at = models.BigIntegerField()
    content_id = models.BigIntegerField()

    class Meta:
        indexes = [models.Index(fields=["year", "-id"], name="inspection_plan_year")]


class PartyNumber(models.Model):
    """一方的随机数：sealed before the list of firms is, opened afterwards. ``revealed`` empty: withheld (so far)."""

    plan = models.ForeignKey(InspectionPlan, on_delete=models.PROTECT, related_name="party_numbers")
    party = models.CharField(max_length=100)
    commitment = models.CharField(max_length=64)
    committed_by = models.CharField(max_length=150)
    committed_at = models.BigIntegerField()
    revealed = models.CharField(max_length=64, default="")
    revealed_by = models.CharField(max_length=150, default="")
    revealed_at = models.BigIntegerField(null=True)
    content_id = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["plan", "party"], name="inspection_party_once")]


class PartyPage(models.Model):
    """一方的专页：the link comes from one person, the code from another, so nobody but the party has both. Only hashes are kept."""

    plan = models.ForeignKey(InspectionPlan, on_delete=models.PROTECT, related_name="party_links")
    party = models.CharField(max_length=100)
    link_sha256 = models.CharField(max_length=64, unique=True)
    link_by = models.CharField(max_length=150)
    link_at = models.BigIntegerField()
    code_sha256 = models.CharField(max_length=64, default="")
    code_by = models.CharField(max_length=150, default="")
    code_at = models.BigIntegerField(null=True)
    ended_at = models.BigIntegerField(null=True)  # another link took its place

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["plan", "party"], condition=Q(ended_at__isnull=True), name="inspection_party_page_once")
        ]


class PartyEntry(models.Model):
    """谁在什么时候录入了一方的数。On paper two people type it, each for himself; what was typed wrongly stays."""

    plan = models.ForeignKey(InspectionPlan, on_delete=models.PROTECT, related_name="party_entries")
    party = models.CharField(max_length=100)
    step = models.CharField(max_length=8)  # types.PartyStep
    how = models.CharField(max_length=8)  # types.Entered
    value = models.CharField(max_length=64)
    source = models.CharField(max_length=300, default="")  # the paper
    by = models.CharField(max_length=150)  # the account; the party itself on its page
    at = models.BigIntegerField()
    content_id = models.BigIntegerField()


class Draw(models.Model):
    """抽取：one valid draw a plan; an aborted one stays with its reason."""

    plan = models.ForeignKey(InspectionPlan, on_delete=models.PROTECT, related_name="draws")
    state = models.CharField(max_length=12)  # types.DrawState
    folder = models.CharField(max_length=80)
    commitment = models.CharField(max_length=64)
    committed_by = models.CharField(max_length=150)
    committed_at = models.BigIntegerField()
    seed = models.CharField(max_length=64, default="")
    firms = models.IntegerField(default=0)
    drawn = models.IntegerField(default=0)
    drawn_at = models.BigIntegerField(null=True)
    published_at = models.BigIntegerField(null=True)
    aborted_because = models.CharField(max_length=500, default="")
    aborted_at = models.BigIntegerField(null=True)
    content_id = models.BigIntegerField()  # entry of the commitment

    class Meta:
        constraints = [models.UniqueConstraint(fields=["plan"], condition=~Q(state="aborted"), name="inspection_draw_once")]


class PublicValue(models.Model):
    """公开随机数 as one person typed it in. Somebody's newest word counts; the draw takes what two people say alike."""

    plan = models.ForeignKey(InspectionPlan, on_delete=models.PROTECT, related_name="public_values")
    value = models.CharField(max_length=200)
    seen_at = models.CharField(max_length=300)  # where it can be looked up
    by = models.CharField(max_length=150)
    at = models.BigIntegerField()
    content_id = models.BigIntegerField()

    class Meta:
        indexes = [models.Index(fields=["plan", "id"], name="inspection_public_value")]


class Visit(models.Model):
    """检查：one firm that was drawn, one visit of all offices of the plan. ``token`` opens the page that the firm sees."""

    plan = models.ForeignKey(InspectionPlan, on_delete=models.PROTECT, related_name="visits")
    draw = models.ForeignKey(Draw, on_delete=models.PROTECT, related_name="visits")
    subject_id = models.BigIntegerField(db_index=True)
    subject_code = models.CharField(max_length=18)
    alias = models.CharField(max_length=64)  # how the firm stands in the published files
    alias_secret = models.CharField(max_length=64)  # the firm's own, to check that
    stratum = models.CharField(max_length=12)
    probability = models.CharField(max_length=60)  # exact, as a fraction
    token = models.CharField(max_length=43, unique=True)
    mode = models.CharField(max_length=12)  # types.Mode
    year = models.IntegerField()
    cancelled_at = models.BigIntegerField(null=True)

    class Meta:
        indexes = [models.Index(fields=["subject_id", "year"], name="inspection_visit_year")]
        constraints = [models.UniqueConstraint(fields=["draw", "subject_id"], name="inspection_visit_once")]


class VisitTask(models.Model):
    """检查任务：what one office does on a visit, by which inspectors, and how far it is."""

    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name="tasks")
    office_id = models.BigIntegerField()
    matters = models.JSONField()
    inspectors = models.JSONField()  # licence numbers
    probability = models.CharField(max_length=60)  # of each of them, as a fraction
    state = models.CharField(max_length=12)  # types.TaskState
    submission_id = models.BigIntegerField(null=True)

    class Meta:
        indexes = [models.Index(fields=["office_id", "state", "id"], name="inspection_task_office")]
        constraints = [models.UniqueConstraint(fields=["visit", "office_id"], name="inspection_task_once")]


class Finding(models.Model):
    """检查结果 as entered; a later version replaces the one before in effect, never in the table."""

    task = models.ForeignKey(VisitTask, on_delete=models.PROTECT, related_name="findings")
    version = models.IntegerField()
    form_key = models.CharField(max_length=64)  # made on the phone: the same form sent twice is one finding
    visited_on = models.DateField()
    place = models.CharField(max_length=300)
    items = models.JSONField()  # "matter.check" → {"result": types.CheckResult, "words": text}
    outcome = models.CharField(max_length=40)  # a value of the code table inspection_result
    words = models.CharField(max_length=2000)
    photos = models.JSONField()  # SHA-256 of files in the vault
    documents = models.JSONField(default=list)  # of a remote visit: {"sha256", "name"}
    call = models.CharField(max_length=300, default="")  # of a remote visit: when, with whom, by what the video call was held
    readings = models.JSONField(default=list)  # sensor readings of a remote visit: name, at, value, unit
    by = models.CharField(max_length=150)
    at = models.BigIntegerField()
    content_id = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["task", "version"], name="inspection_finding_version"),
            models.UniqueConstraint(fields=["task", "form_key"], name="inspection_finding_form"),
        ]


class TaskStep(models.Model):
    """检查任务的经过。"""

    task = models.ForeignKey(VisitTask, on_delete=models.PROTECT, related_name="steps")
    verb = models.CharField(max_length=12)  # types.TaskVerb
    by = models.CharField(max_length=150)
    at = models.BigIntegerField()
    because = models.CharField(max_length=500, default="")
    content_id = models.BigIntegerField()


class HandOver(models.Model):
    """移送：a problem goes to those who decide penalties; what came of it they enter: the record of a penalty, or a reason."""

    task = models.OneToOneField(VisitTask, on_delete=models.PROTECT, related_name="hand_over")
    office_id = models.BigIntegerField(db_index=True)
    case_number = models.CharField(max_length=100)
    because = models.CharField(max_length=500)
    by = models.CharField(max_length=150)
    at = models.BigIntegerField()
    content_id = models.BigIntegerField()
    record_id = models.BigIntegerField(null=True)  # the penalty
    no_penalty_because = models.CharField(max_length=500, default="")
    answered_by = models.CharField(max_length=150, default="")
    answered_at = models.BigIntegerField(null=True)


class VisitRating(models.Model):
    """企业评价：what the firm says of the visit, once."""

    visit = models.OneToOneField(Visit, on_delete=models.PROTECT, related_name="rating")
    stars = models.SmallIntegerField()
    as_planned = models.BooleanField()  # whether those who came are those who were drawn
    words = models.CharField(max_length=500, default="")
    at = models.BigIntegerField()
    content_id = models.BigIntegerField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(stars__gte=1, stars__lte=5), name="inspection_stars")]
