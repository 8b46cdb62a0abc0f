SELECT CAST(subject_id AS BIGINT) AS subject_id, CAST(record_id AS BIGINT) AS record_id, CAST(milli_points AS BIGINT) AS milli_points
FROM (
SELECT
  `t0`.`subject_id`,
  `t0`.`record_id`,
  CASE WHEN `t0`.`outcome` = 6 THEN -40 ELSE 0 END * 1000 AS `milli_points`
FROM `records` AS `t0`
WHERE
  `t0`.`item` = 17
) AS typed
