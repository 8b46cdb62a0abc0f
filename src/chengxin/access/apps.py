from django.apps import AppConfig


class AccessConfig(AppConfig):
    name = "chengxin.access"
    label = "access"

    def ready(self) -> None:
        """Tell the ledger which rows wait to become leaves, what goes with an erased content, and how our tables follow from entries."""
        from chengxin.access import projections, projections_of_agencies
        from chengxin.access.alarms import LedgerFaults
        from chengxin.access.erased import ErasedSealedFields
        from chengxin.access.ports import kinds
        from chengxin.access.traces import READ_ROWS, ReadLeaves
        from chengxin.ledger import ports

        ports.erased_contents.register("access.sealed_fields", ErasedSealedFields())
        ports.pending_leaves.register("access.reads", ReadLeaves())
        ports.projections.register("access.reads", READ_ROWS)
        ports.faults_found.register("access.alarms", LedgerFaults())
        ports.projections.register("access.departments", projections.DEPARTMENTS)
        ports.projections.register("access.delegations", projections.DELEGATIONS)
        ports.projections.register("access.tokens", projections.TOKENS)
        ports.projections.register("access.accounts", projections.ACCOUNTS)
        ports.projections.register("access.mandates", projections.MANDATES)
        for kind, title in {"sealed_field": "封存字段", "accounts": "账户", "reads": "查看留痕", "desk": "工作台"}.items():
            kinds.register(kind, title)
        ports.projections.register("access.identities", projections.IDENTITIES)
        ports.projections.register("access.agencies", projections_of_agencies.AGENCIES)
        ports.projections.register("access.agency_people", projections_of_agencies.PEOPLE)
