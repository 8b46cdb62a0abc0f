SELECT CAST(subject_id AS BIGINT) AS subject_id, CAST(record_id AS BIGINT) AS record_id, CAST(milli_points AS BIGINT) AS milli_points
FROM (
SELECT
  "t0"."subject_id",
  "t0"."record_id",
  20 * 1000 AS "milli_points"
FROM "records" AS "t0"
WHERE
  "t0"."item" = 1 AND "t0"."effective_until" > 1795363200
) AS typed
