SELECT CAST(subject_id AS BIGINT) AS subject_id, CAST(part AS SMALLINT) AS part, CAST(kind AS TINYINT) AS kind, CAST(record_id AS BIGINT) AS record_id, CAST(milli_points AS BIGINT) AS milli_points, CAST(until AS BIGINT) AS until
FROM (
SELECT
  *
FROM (
  SELECT
    *
  FROM (
    SELECT
      `t1`.`subject_id`,
      `t1`.`part`,
      4 AS `kind`,
      0 AS `record_id`,
      `t1`.`cap` AS `milli_points`,
      0 AS `until`
    FROM `by_indicator` AS `t1`
    WHERE
      `t1`.`cap` <> 0
  ) AS `t5`
  UNION ALL
  SELECT
    *
  FROM `limits` AS `t0`
) AS `t8`
UNION ALL
SELECT
  *
FROM (
  SELECT
    *
  FROM (
    SELECT
      *
    FROM (
      SELECT
        `t2`.`subject_id`,
        CAST(-1 AS SMALLINT) AS `part`,
        0 AS `kind`,
        0 AS `record_id`,
        CAST(900000 AS BIGINT) AS `milli_points`,
        0 AS `until`
      FROM `subjects` AS `t2`
    ) AS `t4`
    UNION ALL
    SELECT
      *
    FROM (
      SELECT
        `t3`.`subject_id`,
        `t3`.`part`,
        1 AS `kind`,
        `t3`.`record_id`,
        `t3`.`milli_points`,
        IF(`t3`.`until` >= 253402271999, 0, `t3`.`until`) AS `until`
      FROM `by_record` AS `t3`
    ) AS `t10`
  ) AS `t11`
  UNION ALL
  SELECT
    *
  FROM (
    SELECT
      *
    FROM (
      SELECT
        `t2`.`subject_id`,
        CAST(0 AS SMALLINT) AS `part`,
        2 AS `kind`,
        0 AS `record_id`,
        CAST(-20000 AS BIGINT) AS `milli_points`,
        0 AS `until`
      FROM `subjects` AS `t2`
      WHERE
        NOT (
          `t2`.`in_registry`
        )
    ) AS `t7`
    UNION ALL
    SELECT
      *
    FROM (
      SELECT
        `t1`.`subject_id`,
        `t1`.`part`,
        3 AS `kind`,
        0 AS `record_id`,
        `t1`.`relief` AS `milli_points`,
        0 AS `until`
      FROM `by_indicator` AS `t1`
      WHERE
        `t1`.`relief` <> 0
    ) AS `t6`
  ) AS `t9`
) AS `t12`
) AS typed
