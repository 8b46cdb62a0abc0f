from django.apps import AppConfig


class AccessConfig(AppConfig):
    name = "chengxin.access"
    label = "access"

    def ready(self) -> None:
        from chengxin.access.traces import SealedReadLeaves
        from chengxin.ledger.ports import pending_leaves

        pending_leaves.register("access.sealed_reads", SealedReadLeaves())
