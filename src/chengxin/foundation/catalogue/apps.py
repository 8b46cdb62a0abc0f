from django.apps import AppConfig


class CatalogueConfig(AppConfig):
    name = "chengxin.foundation.catalogue"
    label = "catalogue"
