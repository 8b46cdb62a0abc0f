from django.apps import AppConfig


class ObjectionsConfig(AppConfig):
    name = "chengxin.rights.objections"
    label = "objections"

    def ready(self) -> None:
        """What must hold for an objection, what follows, and the mark beside what is disputed."""
        from chengxin.casework import ports
        from chengxin.foundation.records.ports import disputes, followers
        from chengxin.rights.objections import conditions as of
        from chengxin.rights.objections.correcting import disputed_fields_named, note_disputed_version
        from chengxin.rights.objections.marks import Disputes

        ports.guards.register("objection_possible", of.objection_possible)
        ports.guards.register("disputed_fields_named", disputed_fields_named)
        ports.effects.register("note_disputed_version", note_disputed_version)
        for effect in (of.stay_by_ground, of.hold_until_corrected, of.end_stay, of.revoke_record, of.tell_corrected):
            ports.effects.register(effect.__name__, effect)
        disputes.register("objections", Disputes())
        followers.register("objections", of.ObjectionFollower())
