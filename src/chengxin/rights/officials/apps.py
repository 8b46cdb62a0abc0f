from django.apps import AppConfig


class OfficialsConfig(AppConfig):
    name = "chengxin.rights.officials"
    label = "officials"

    def ready(self) -> None:
        """What cases about officials are, what must hold and follow, how the tables follow from entries, and what goes with an erasure."""
        from chengxin.access.ports import kinds, sections
        from chengxin.casework import ports
        from chengxin.ledger import ports as ledger
        from chengxin.rights.officials import conditions as of
        from chengxin.rights.officials import projections
        from chengxin.rights.officials.abouts import OfficialRecordAbouts
        from chengxin.rights.officials.authorities import may_ask_at_all
        from chengxin.rights.officials.forgetting import ErasedOfficials
        from chengxin.rights.officials.identities import own_records
        from chengxin.rights.officials.ports import endings
        from chengxin.rights.officials.queries import links_of
        from chengxin.rights.officials.types import OFFICIAL_CHECK, OFFICIAL_RECORD

        ports.abouts.register(OFFICIAL_RECORD, OfficialRecordAbouts())
        ports.own_things.register(OFFICIAL_RECORD, own_records)
        for guard in (of.official_handler_known, of.official_objection_possible, of.official_restoration_due):
            ports.guards.register(guard.__name__, guard)
        for effect in (of.signed_by_the_person, of.revoke_official_record, of.restore_official_record):
            ports.effects.register(effect.__name__, effect)
        ports.case_links.register("officials", links_of)
        endings.register("cases", of.close_cases)
        sections.register("officials", may_ask_at_all)
        kinds.register(OFFICIAL_CHECK, "公务员记录核查")
        kinds.register(OFFICIAL_RECORD, "公务员记录")
        ledger.erased_contents.register("officials", ErasedOfficials())
        ledger.projections.register("officials.records", projections.RECORDS)
        ledger.projections.register("officials.identities", projections.IDENTITIES)
