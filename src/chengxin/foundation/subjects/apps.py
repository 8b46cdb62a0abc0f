from django.apps import AppConfig


class SubjectsConfig(AppConfig):
    name = "chengxin.foundation.subjects"
    label = "subjects"

    def ready(self) -> None:
        """Tell the ledger how subjects follow from it, and access which numbers are one subject's, or an office's own."""
        from chengxin.access.ports import families, office_subjects, same_subjects
        from chengxin.casework.ports import subject_names
        from chengxin.foundation.subjects.projections import register_projections
        from chengxin.foundation.subjects.queries import families_of, member_ids, names_of, office_subject_ids
        from chengxin.ledger.ports import projections

        register_projections(projections)
        same_subjects.register("subjects", member_ids)
        families.register("subjects", families_of)
        office_subjects.register("subjects", office_subject_ids)
        subject_names.register("subjects", lambda numbers: {number: name for number, (name, _) in names_of(numbers).items()})
