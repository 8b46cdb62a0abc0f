SELECT CAST(subject_id AS BIGINT) AS subject_id, CAST(records AS BIGINT) AS records, CAST(floor AS BIGINT) AS floor, CAST(n_10_36_1_2 AS BIGINT) AS n_10_36_1_2, CAST(n_10_24 AS BIGINT) AS n_10_24
FROM (
SELECT
  "t1"."subject_id",
  COUNT(*) AS "records",
  CAST(COALESCE(MIN(CASE WHEN "t1"."item" = 13 THEN 0 ELSE NULL END), 99) AS BIGINT) AS "floor",
  SUM(
    CAST((
      "t1"."item" = 10
    )
    AND (
      "t1"."decided_on" > MAKE_DATE(2023, 11, 22)
    )
    AND "t1"."supervision" IN (1, 2) AS BIGINT)
  ) AS "n_10_36_1_2",
  SUM(
    CAST((
      "t1"."item" = 10
    ) AND (
      "t1"."decided_on" > MAKE_DATE(2024, 11, 22)
    ) AS BIGINT)
  ) AS "n_10_24"
FROM (
  SELECT
    *
  FROM "records" AS "t0"
  WHERE
    "t0"."decided_on" <= MAKE_DATE(2026, 11, 22)
    AND "t0"."counted_until" > 1795363200
) AS "t1"
GROUP BY
  1
) AS typed
