from django.apps import AppConfig


class RecordsConfig(AppConfig):
    name = "chengxin.foundation.records"
    label = "records"
