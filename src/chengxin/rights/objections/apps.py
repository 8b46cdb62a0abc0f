from django.apps import AppConfig


class ObjectionsConfig(AppConfig):
    name = "chengxin.rights.objections"
    label = "objections"

    def ready(self) -> None:
        """What must hold for an objection, what follows, and the mark beside what is disputed."""
        from chengxin.casework import ports
        from chengxin.during_event.evaluation.ports import disputes as result_disputes
        from chengxin.foundation.records.ports import disputes, followers
        from chengxin.rights.objections import conditions as of
        from chengxin.rights.objections import evaluations, published
        from chengxin.rights.objections.correcting import disputed_fields_named, note_disputed_version
        from chengxin.rights.objections.marks import Disputes

        ports.guards.register("objection_possible", of.objection_possible)
        ports.guards.register("disputed_fields_named", disputed_fields_named)
        ports.effects.register("note_disputed_version", note_disputed_version)
        for effect in (of.stay_by_ground, of.hold_until_corrected, of.end_stay, of.revoke_record, of.tell_corrected):
            ports.effects.register(effect.__name__, effect)
        ports.abouts.register(evaluations.EVALUATION, evaluations.EvaluationAbouts())
        for guard in (evaluations.evaluation_can_be_objected_to, evaluations.result_changed, published.page_can_be_objected_to):
            ports.guards.register(guard.__name__, guard)
        ports.case_links.register("evaluations", evaluations.links_of)
        ports.effects.register("note_result", evaluations.note_result)
        ports.recipients.register("evaluations", evaluations.readers_of_result)
        result_disputes.register("objections", evaluations.dispute)
        ports.abouts.register(published.PAGE, published.PageAbouts())
        disputes.register("objections", Disputes())
        followers.register("objections", of.ObjectionFollower())
