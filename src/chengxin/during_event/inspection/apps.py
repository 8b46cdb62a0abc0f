from django.apps import AppConfig


class InspectionConfig(AppConfig):
    name = "chengxin.during_event.inspection"
    label = "inspection"

    def ready(self) -> None:
        """Tell the ledger which of its entries anybody may see."""
        from chengxin.during_event.inspection.publicity import DrawContents
        from chengxin.ledger.ports import public_contents

        public_contents.register("inspection", DrawContents())
