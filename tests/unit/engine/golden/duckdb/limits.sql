SELECT CAST(subject_id AS BIGINT) AS subject_id, CAST(part AS SMALLINT) AS part, CAST(kind AS TINYINT) AS kind, CAST(record_id AS BIGINT) AS record_id, CAST(milli_points AS BIGINT) AS milli_points, CAST(until AS BIGINT) AS until
FROM (
SELECT
  "t3"."subject_id",
  "t3"."dimension" + 1000 AS "part",
  5 AS "kind",
  0 AS "record_id",
  "t3"."beyond" AS "milli_points",
  0 AS "until"
FROM (
  SELECT
    "t2"."subject_id",
    "t2"."dimension",
    "t2"."total",
    CASE
      WHEN "t2"."dimension" = 0
      THEN CASE
        WHEN "t2"."total" < -200000
        THEN -200000 - "t2"."total"
        WHEN "t2"."total" > 0
        THEN 0 - "t2"."total"
        ELSE 0
      END
      WHEN "t2"."dimension" = 1
      THEN CASE
        WHEN "t2"."total" < -600000
        THEN -600000 - "t2"."total"
        WHEN "t2"."total" > 0
        THEN 0 - "t2"."total"
        ELSE 0
      END
      WHEN "t2"."dimension" = 2
      THEN CASE
        WHEN "t2"."total" < -100000
        THEN -100000 - "t2"."total"
        WHEN "t2"."total" > 100000
        THEN 100000 - "t2"."total"
        ELSE 0
      END
      ELSE 0
    END AS "beyond"
  FROM (
    SELECT
      "t1"."subject_id",
      "t1"."dimension",
      SUM("t1"."total") AS "total"
    FROM (
      SELECT
        "t0"."subject_id",
        CASE
          WHEN "t0"."part" = 0
          THEN 0
          WHEN "t0"."part" = 1
          THEN 0
          WHEN "t0"."part" = 2
          THEN 1
          WHEN "t0"."part" = 3
          THEN 1
          WHEN "t0"."part" = 4
          THEN 1
          WHEN "t0"."part" = 5
          THEN 2
          WHEN "t0"."part" = 6
          THEN 2
          WHEN "t0"."part" = 7
          THEN 2
          WHEN "t0"."part" = 8
          THEN 2
          WHEN "t0"."part" = 9
          THEN 2
          ELSE -1
        END AS "dimension",
        "t0"."taken" + "t0"."relief" + "t0"."cap" AS "total"
      FROM "by_indicator" AS "t0"
    ) AS "t1"
    GROUP BY
      1,
      2
  ) AS "t2"
) AS "t3"
WHERE
  "t3"."beyond" <> 0
) AS typed
