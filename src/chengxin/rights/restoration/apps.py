from django.apps import AppConfig


class RestorationConfig(AppConfig):
    name = "chengxin.rights.restoration"
    label = "restoration"

    def ready(self) -> None:
        """What cases of restoration are about, what must hold, and what follows."""
        from chengxin.casework import ports
        from chengxin.foundation.collection.ports import register_on_closing, register_on_deciding
        from chengxin.foundation.disclosure.ports import notice_parts, record_parts
        from chengxin.ledger.ports import projections
        from chengxin.rights.abouts import RECORD, RecordAbouts
        from chengxin.rights.restoration.conditions import restoration_due, restore_record
        from chengxin.rights.restoration.false_material import CASE, RestorationCaseAbouts, no_false_material
        from chengxin.rights.restoration.projections import DIFFERENCES, RESULTS, SETTLEMENTS
        from chengxin.rights.restoration.screening import end_screening, reorganisation_order, screen_record
        from chengxin.rights.restoration.showing import notice_part, record_part
        from chengxin.rights.restoration.upstream import result_decided, results_closed

        ports.abouts.register(RECORD, RecordAbouts())
        ports.abouts.register(CASE, RestorationCaseAbouts())
        ports.guards.register("restoration_due", restoration_due)
        ports.guards.register("no_false_material", no_false_material)
        ports.guards.register("reorganisation_order", reorganisation_order)
        ports.effects.register("screen_record", screen_record)
        ports.effects.register("end_screening", end_screening)
        ports.effects.register("restore_record", restore_record)
        record_parts.register("restoration", record_part)
        notice_parts.register("restoration", notice_part)
        register_on_closing(results_closed)
        register_on_deciding(result_decided)
        projections.register("restoration.results", RESULTS)
        projections.register("restoration.differences", DIFFERENCES)
        projections.register("restoration.settlements", SETTLEMENTS)
