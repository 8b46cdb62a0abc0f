from django.apps import AppConfig


class AccessConfig(AppConfig):
    name = "chengxin.access"
    label = "access"

    def ready(self) -> None:
        """Tell the ledger which rows wait to become leaves, what goes with an erased content, and how our tables follow from entries."""
        from chengxin.access import projections
        from chengxin.access.erased import ErasedSealedFields
        from chengxin.access.traces import SealedReadLeaves
        from chengxin.ledger import ports

        ports.erased_contents.register("access.sealed_fields", ErasedSealedFields())
        ports.pending_leaves.register("access.sealed_reads", SealedReadLeaves())
        ports.projections.register("access.departments", projections.DEPARTMENTS)
        ports.projections.register("access.delegations", projections.DELEGATIONS)
        ports.projections.register("access.tokens", projections.TOKENS)
        ports.projections.register("access.accounts", projections.ACCOUNTS)
