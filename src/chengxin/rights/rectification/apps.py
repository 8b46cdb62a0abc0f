from django.apps import AppConfig


class RectificationConfig(AppConfig):
    name = "chengxin.rights.rectification"
    label = "rectification"

    def ready(self) -> None:
        """What a rectification is about and what must hold for its steps."""
        from chengxin.casework import ports
        from chengxin.rights.abouts import OFFICE, OfficeAbouts
        from chengxin.rights.rectification import conditions as of
        from chengxin.rights.rectification.abouts import COMPLAINT, ComplaintAbouts

        ports.abouts.register(OFFICE, OfficeAbouts())
        ports.abouts.register(COMPLAINT, ComplaintAbouts())
        for guard in (of.rectification_possible, of.default_is_so):
            ports.guards.register(guard.__name__, guard)
        ports.offers.register("rectification", of.to_order)
