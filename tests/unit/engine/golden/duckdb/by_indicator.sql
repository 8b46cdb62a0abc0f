SELECT CAST(subject_id AS BIGINT) AS subject_id, CAST(part AS SMALLINT) AS part, CAST(taken AS BIGINT) AS taken, CAST(relief AS BIGINT) AS relief, CAST(cap AS BIGINT) AS cap
FROM (
SELECT
  "t14"."subject_id",
  "t14"."part",
  "t14"."taken",
  "t14"."relief",
  CASE
    WHEN "t14"."part" = 1
    THEN GREATEST(-300000 - (
      "t14"."taken" + "t14"."relief"
    ), 0)
    WHEN "t14"."part" = 2
    THEN GREATEST(-300000 - (
      "t14"."taken" + "t14"."relief"
    ), 0)
    WHEN "t14"."part" = 5
    THEN LEAST(30000 - (
      "t14"."taken" + "t14"."relief"
    ), 0)
    WHEN "t14"."part" = 7
    THEN GREATEST(-100000 - (
      "t14"."taken" + "t14"."relief"
    ), 0)
    ELSE 0
  END AS "cap"
FROM (
  SELECT
    "t13"."subject_id",
    "t13"."part",
    "t13"."taken",
    CASE
      WHEN (
        "t13"."taken" < 0
      ) AND "t13"."part" IN (2, 4)
      THEN DIVIDE(ABS("t13"."taken") * COALESCE("t4"."per_point", 0), 1000)
      ELSE 0
    END AS "relief"
  FROM (
    SELECT
      "t11"."subject_id",
      "t11"."part",
      "t11"."taken",
      "t11"."n",
      "t11"."subject_id_right",
      "t11"."records",
      "t11"."floor",
      "t11"."n_10_36_1_2",
      "t11"."n_10_24",
      LEAST(
        GREATEST(
          CASE
            WHEN "t11"."part" = 2
            THEN "t11"."n_10_36_1_2"
            WHEN "t11"."part" = 4
            THEN "t11"."n_10_24"
            ELSE "t11"."n"
          END,
          "t11"."n",
          1
        ),
        12
      ) AS "seen",
      CASE
        WHEN GREATEST(
          CASE
            WHEN "t11"."part" = 2
            THEN "t11"."n_10_36_1_2"
            WHEN "t11"."part" = 4
            THEN "t11"."n_10_24"
            ELSE "t11"."n"
          END,
          "t11"."n",
          1
        ) > 12
        THEN GREATEST(
          DIVIDE(
            "t11"."n" * 12,
            GREATEST(
              CASE
                WHEN "t11"."part" = 2
                THEN "t11"."n_10_36_1_2"
                WHEN "t11"."part" = 4
                THEN "t11"."n_10_24"
                ELSE "t11"."n"
              END,
              "t11"."n",
              1
            )
          ),
          1
        )
        ELSE "t11"."n"
      END AS "hits"
    FROM (
      SELECT
        "t10"."subject_id",
        "t10"."part",
        "t10"."taken",
        "t10"."n",
        "t5"."subject_id" AS "subject_id_right",
        "t5"."records",
        "t5"."floor",
        "t5"."n_10_36_1_2",
        "t5"."n_10_24"
      FROM (
        SELECT
          "t8"."subject_id",
          "t8"."part",
          SUM("t8"."milli_points") AS "taken",
          SUM("t8"."n") AS "n"
        FROM (
          SELECT
            *
          FROM (
            SELECT
              "t2"."subject_id",
              "t2"."part",
              "t2"."milli_points",
              1 AS "n"
            FROM "by_record" AS "t2"
          ) AS "t6"
          UNION ALL
          SELECT
            *
          FROM (
            SELECT
              "t3"."subject_id",
              CAST(0 AS SMALLINT) AS "part",
              CAST(-20000 AS BIGINT) AS "milli_points",
              0 AS "n"
            FROM "subjects" AS "t3"
            WHERE
              NOT (
                "t3"."in_registry"
              )
          ) AS "t7"
        ) AS "t8"
        GROUP BY
          1,
          2
      ) AS "t10"
      LEFT OUTER JOIN "observed" AS "t5"
        ON "t10"."subject_id" = "t5"."subject_id"
    ) AS "t11"
  ) AS "t13"
  LEFT OUTER JOIN "few_observations" AS "t4"
    ON "t13"."seen" = "t4"."line_seen" AND "t13"."hits" = "t4"."line_hits"
) AS "t14"
) AS typed
