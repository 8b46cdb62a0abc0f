from django.apps import AppConfig


class EvaluationConfig(AppConfig):
    name = "chengxin.during_event.evaluation"
    label = "evaluation"

    def ready(self) -> None:
        """Name what looks are about, and tell the ledger how requests for review follow from entries."""
        from chengxin.access.ports import kinds
        from chengxin.during_event.evaluation.adoption import EvaluationEffect, tried
        from chengxin.during_event.evaluation.external_projections import EXTERNAL
        from chengxin.during_event.evaluation.projections import REVIEWS
        from chengxin.during_event.evaluation.reads import KIND
        from chengxin.foundation.catalogue.ports import register_effect, register_report
        from chengxin.ledger import ports

        kinds.register(KIND, "评价结果")
        ports.projections.register("evaluation.reviews", REVIEWS)
        register_effect("evaluation", EvaluationEffect())
        register_report("evaluation", tried)
        for name, projection in EXTERNAL.items():
            ports.projections.register(name, projection)
