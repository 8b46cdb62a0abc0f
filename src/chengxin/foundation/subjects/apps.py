from django.apps import AppConfig


class SubjectsConfig(AppConfig):
    name = "chengxin.foundation.subjects"
    label = "subjects"
