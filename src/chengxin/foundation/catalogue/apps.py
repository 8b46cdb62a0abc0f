from django.apps import AppConfig


class CatalogueConfig(AppConfig):
    name = "chengxin.foundation.catalogue"
    label = "catalogue"

    def ready(self) -> None:
        """Answer for the policy in force; tell the ledger how adoptions follow from it."""
        from chengxin.foundation.catalogue.projections import ADOPTIONS
        from chengxin.foundation.catalogue.queries import policy_in_force
        from chengxin.ledger.ports import projections
        from chengxin.policy import active

        active.register(policy_in_force)
        projections.register("catalogue.adoptions", ADOPTIONS)
