from django.apps import AppConfig


class RectificationConfig(AppConfig):
    name = "chengxin.rights.rectification"
    label = "rectification"

    def ready(self) -> None:
        """What a rectification is about, what must hold for its steps, and that a breach goes on file."""
        from chengxin.casework import ports
        from chengxin.foundation.disclosure.ports import office_parts
        from chengxin.rights.abouts import OFFICE, OfficeAbouts
        from chengxin.rights.rectification import conditions as of
        from chengxin.rights.rectification.abouts import COMPLAINT, ComplaintAbouts
        from chengxin.rights.rectification.on_file import links_of, may_be_put_on_file, put_breach_on_file
        from chengxin.rights.rectification.public_part import public_breaches

        ports.abouts.register(OFFICE, OfficeAbouts())
        ports.abouts.register(COMPLAINT, ComplaintAbouts())
        for guard in (of.rectification_possible, of.default_is_so, may_be_put_on_file):
            ports.guards.register(guard.__name__, guard)
        ports.effects.register("put_breach_on_file", put_breach_on_file)
        ports.case_links.register("rectification", links_of)
        office_parts.register("rectification", public_breaches)
        ports.offers.register("rectification", of.to_order)
