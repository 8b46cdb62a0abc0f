from django.apps import AppConfig


class IncidentsConfig(AppConfig):
    name = "chengxin.rights.incidents"
    label = "incidents"

    def ready(self) -> None:
        """What an incident is about, who may not act on it, and that an alarm opens one."""
        from chengxin.access.ports import alarms
        from chengxin.casework import ports
        from chengxin.rights.incidents.abouts import ALARM, PLACE, AlarmAbouts, PlaceAbouts, not_about_oneself, to_report
        from chengxin.rights.incidents.opening import IncidentOpener, settle_alarms

        ports.abouts.register(ALARM, AlarmAbouts())
        ports.abouts.register(PLACE, PlaceAbouts())
        ports.guards.register("not_about_oneself", not_about_oneself)
        ports.effects.register("settle_alarms", settle_alarms)
        ports.offers.register("incidents", to_report)
        alarms.register("incidents", IncidentOpener())
