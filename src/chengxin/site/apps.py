from django.apps import AppConfig


class SiteConfig(AppConfig):
    name = "chengxin.site"
    label = "site"

    def ready(self) -> None:
        """An erasure is written into the register with its commit."""
        from chengxin.ledger import ports
        from chengxin.site.erasure_register import RegisteredErasures

        ports.erased_contents.register("site.erasure_register", RegisteredErasures())
