from django.apps import AppConfig


class CollectionConfig(AppConfig):
    name = "chengxin.foundation.collection"
    label = "collection"
