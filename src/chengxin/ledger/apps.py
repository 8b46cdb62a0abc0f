from django.apps import AppConfig


class LedgerConfig(AppConfig):
    name = "chengxin.ledger"
    label = "ledger"

    def ready(self) -> None:
        """The ledger's own table that follows from entries."""
        from chengxin.ledger import ports
        from chengxin.ledger.binding import BINDINGS

        ports.projections.register("ledger.bindings", BINDINGS)
