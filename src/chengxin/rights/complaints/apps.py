from django.apps import AppConfig


class ComplaintsConfig(AppConfig):
    name = "chengxin.rights.complaints"
    label = "complaints"

    def ready(self) -> None:
        """What must hold for a complaint, and what follows where it is upheld."""
        from chengxin.casework import ports
        from chengxin.rights.complaints import conditions as of

        for guard in (of.complaint_possible, of.answer_overdue):
            ports.guards.register(guard.__name__, guard)
        ports.effects.register("order_rectification", of.order_rectification)
        ports.offers.register("complaints", of.to_complain)
