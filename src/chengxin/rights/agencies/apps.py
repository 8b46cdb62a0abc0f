from django.apps import AppConfig


class AgenciesConfig(AppConfig):
    name = "chengxin.rights.agencies"
    label = "agencies"

    def ready(self) -> None:
        """What cases about an agency are about, what follows from them, and which agency must not act for whom."""
        from chengxin.access.entrusted_reads import KIND
        from chengxin.access.ports import agency_conflicts, kinds
        from chengxin.casework import ports
        from chengxin.casework.types import SERVICE_AGENCY
        from chengxin.rights.agencies import conditions as of
        from chengxin.rights.agencies.abouts import AgencyAbouts
        from chengxin.rights.agencies.conflicts import conflict_of

        kinds.register(KIND, "企业的档案（受托代办）")
        agency_conflicts.register("rights.agencies", conflict_of)
        ports.abouts.register(SERVICE_AGENCY, AgencyAbouts())
        ports.guards.register("agency_registered", of.agency_registered)
        for effect in (of.suspend_agency, of.remove_agency, of.keep_agency):
            ports.effects.register(effect.__name__, effect)
