SELECT CAST(subject_id AS BIGINT) AS subject_id, code, grade, CAST(score AS INT) AS score, CAST(records AS INT) AS records, floor, spared
FROM (
SELECT
  "t14"."subject_id",
  "t14"."code",
  CASE
    WHEN "t14"."listed" = 0
    THEN 'D'
    WHEN NOT (
      (
        "t14"."listed" = 99
      ) AND (
        "t14"."records" >= 2
      )
    )
    THEN 'N'
    WHEN (
      "t14"."listed" = 99
    )
    AND (
      "t14"."records" >= 2
    )
    AND (
      "t14"."score" < 600000
    )
    AND (
      "t14"."proven" >= 600000
    )
    THEN 'C'
    WHEN "t14"."score" >= 850000
    THEN 'A'
    WHEN "t14"."score" >= 700000
    THEN 'B'
    WHEN "t14"."score" >= 600000
    THEN 'C'
    WHEN "t14"."score" >= 0
    THEN 'D'
    ELSE 'D'
  END AS "grade",
  CAST("t14"."score" AS INT) AS "score",
  CAST("t14"."records" AS INT) AS "records",
  CASE WHEN "t14"."listed" = 0 THEN 'serious_list' ELSE '' END AS "floor",
  (
    "t14"."listed" = 99
  )
  AND (
    "t14"."records" >= 2
  )
  AND (
    "t14"."score" < 600000
  )
  AND (
    "t14"."proven" >= 600000
  ) AS "spared"
FROM (
  SELECT
    "t13"."subject_id",
    "t13"."code",
    COALESCE("t13"."points", 0) + 900000 AS "score",
    (
      COALESCE("t13"."points", 0) + 900000
    ) - COALESCE("t13"."doubt", 0) AS "proven",
    COALESCE("t4"."records", 0) AS "records",
    COALESCE("t4"."floor", 99) AS "listed"
  FROM (
    SELECT
      "t11".*
      EXCLUDE ("subject_id_right")
    FROM (
      SELECT
        "t5"."subject_id",
        "t5"."code",
        "t5"."kind",
        "t5"."division",
        "t5"."industry",
        "t5"."state",
        "t5"."established_on",
        "t5"."in_registry",
        "t10"."subject_id" AS "subject_id_right",
        "t10"."points",
        "t10"."doubt"
      FROM "subjects" AS "t5"
      LEFT OUTER JOIN (
        SELECT
          "t8"."subject_id",
          SUM("t8"."points") AS "points",
          SUM("t8"."doubt") AS "doubt"
        FROM (
          SELECT
            *
          FROM (
            SELECT
              "t2"."subject_id",
              "t2"."taken" + "t2"."relief" + "t2"."cap" AS "points",
              CASE
                WHEN "t2"."part" IN (0, 3, 5, 6, 7, 8, 9)
                THEN LEAST("t2"."taken" + "t2"."relief" + "t2"."cap", 0)
                ELSE 0
              END AS "doubt"
            FROM "by_indicator" AS "t2"
          ) AS "t7"
          UNION ALL
          SELECT
            *
          FROM (
            SELECT
              "t3"."subject_id",
              "t3"."milli_points" AS "points",
              0 AS "doubt"
            FROM "limits" AS "t3"
          ) AS "t6"
        ) AS "t8"
        GROUP BY
          1
      ) AS "t10"
        ON "t5"."subject_id" = "t10"."subject_id"
    ) AS "t11"
  ) AS "t13"
  LEFT OUTER JOIN "observed" AS "t4"
    ON "t13"."subject_id" = "t4"."subject_id"
) AS "t14"
) AS typed
