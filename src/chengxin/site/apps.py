from django.apps import AppConfig


class SiteConfig(AppConfig):
    name = "chengxin.site"
    label = "site"

    def ready(self) -> None:
        """What reads are about has its name; an erasure is written into the register with its commit; another calendar moves deadlines."""
        from chengxin.access.ports import kinds
        from chengxin.casework.deadlines import DeadlineEffect
        from chengxin.foundation.catalogue.ports import register_effect
        from chengxin.ledger import ports
        from chengxin.rights.objections.published import published
        from chengxin.site.erasure_register import RegisteredErasures
        from chengxin.site.published_pages import published_at
        from chengxin.site.reading_matrix import KINDS

        ports.erased_contents.register("site.erasure_register", RegisteredErasures())
        for kind, title in KINDS.items():
            kinds.register(kind, title)
        published.register("site", published_at)
        register_effect("casework", DeadlineEffect())
