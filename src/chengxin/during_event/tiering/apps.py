from django.apps import AppConfig


class TieringConfig(AppConfig):
    name = "chengxin.during_event.tiering"
    label = "tiering"
