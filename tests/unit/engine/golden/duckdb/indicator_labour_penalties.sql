SELECT CAST(subject_id AS BIGINT) AS subject_id, CAST(record_id AS BIGINT) AS record_id, CAST(milli_points AS BIGINT) AS milli_points
FROM (
SELECT
  "t0"."subject_id",
  "t0"."record_id",
  CASE WHEN "t0"."severity" = 2 THEN -45 WHEN "t0"."severity" = 3 THEN -90 ELSE 0 END * CASE
    WHEN "t0"."decided_on" > MAKE_DATE(2025, 11, 22)
    THEN 1000
    WHEN "t0"."decided_on" > MAKE_DATE(2024, 11, 22)
    THEN 700
    ELSE 400
  END AS "milli_points"
FROM "records" AS "t0"
WHERE
  "t0"."item" = 2
  AND "t0"."decided_on" > MAKE_DATE(2023, 11, 22)
  AND "t0"."supervision" IN (3)
) AS typed
