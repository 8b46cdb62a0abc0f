SELECT CAST(subject_id AS BIGINT) AS subject_id, CAST(part AS SMALLINT) AS part, CAST(record_id AS BIGINT) AS record_id, CAST(milli_points AS BIGINT) AS milli_points, CAST(until AS BIGINT) AS until
FROM (
WITH `t7` AS (
  SELECT
    `t6`.`record_id`,
    `t6`.`subject_id`,
    `t6`.`item`,
    `t6`.`severity`,
    `t6`.`outcome`,
    `t6`.`supervision`,
    `t6`.`decided_on`,
    `t6`.`effective_until`,
    `t6`.`counted_until`
  FROM (
    SELECT
      *
    FROM `records` AS `t1`
    WHERE
      `t1`.`decided_on` <= MAKE_DATE(2026, 11, 22)
      AND `t1`.`counted_until` > 1795363200
  ) AS `t6`
  LEFT SEMI JOIN `subjects` AS `t4`
    ON `t6`.`subject_id` = `t4`.`subject_id`
)
SELECT
  *
FROM (
  SELECT
    `t12`.`subject_id`,
    `t12`.`part`,
    `t12`.`record_id`,
    CASE
      WHEN `t12`.`part` = 2
      THEN IF(
        `t12`.`effect` < 0,
        -(
          (
            (
              ABS(`t12`.`effect`) * 3
            ) DIV GREATEST(`t3`.`n_10_36_1_2`, 3)
          )
        ),
        (
          (
            ABS(`t12`.`effect`) * 3
          ) DIV GREATEST(`t3`.`n_10_36_1_2`, 3)
        )
      )
      WHEN `t12`.`part` = 4
      THEN IF(
        `t12`.`effect` < 0,
        -(
          (
            (
              ABS(`t12`.`effect`) * 3
            ) DIV GREATEST(`t3`.`n_10_24`, 3)
          )
        ),
        (
          (
            ABS(`t12`.`effect`) * 3
          ) DIV GREATEST(`t3`.`n_10_24`, 3)
        )
      )
      ELSE `t12`.`effect`
    END AS `milli_points`,
    IF(
      `t12`.`part` IN (2),
      LEAST(
        IF(
          `t12`.`part` IN (4),
          LEAST(
            IF(
              `t12`.`part` IN (6),
              LEAST(
                IF(
                  `t12`.`part` IN (5),
                  LEAST(`t12`.`counted_until`, `t12`.`effective_until`),
                  `t12`.`counted_until`
                ),
                (
                  (
                    LEAST(
                      (
                        DATEDIFF(
                          DAY,
                          MAKE_DATE(1970, 1, 1),
                          DATE_TRUNC('month', `t12`.`decided_on`) + INTERVAL '1' MONTH
                        ) + EXTRACT(day FROM `t12`.`decided_on`)
                      ) - 1,
                      DATEDIFF(
                        DAY,
                        MAKE_DATE(1970, 1, 1),
                        DATE_TRUNC('month', `t12`.`decided_on`) + INTERVAL '2' MONTH
                      )
                    ) + 1
                  ) * 86400
                ) + -28800
              ),
              IF(
                `t12`.`part` IN (5),
                LEAST(`t12`.`counted_until`, `t12`.`effective_until`),
                `t12`.`counted_until`
              )
            ),
            (
              (
                LEAST(
                  (
                    DATEDIFF(
                      DAY,
                      MAKE_DATE(1970, 1, 1),
                      DATE_TRUNC('month', `t12`.`decided_on`) + INTERVAL '24' MONTH
                    ) + EXTRACT(day FROM `t12`.`decided_on`)
                  ) - 1,
                  DATEDIFF(
                    DAY,
                    MAKE_DATE(1970, 1, 1),
                    DATE_TRUNC('month', `t12`.`decided_on`) + INTERVAL '25' MONTH
                  )
                ) + 1
              ) * 86400
            ) + -28800
          ),
          IF(
            `t12`.`part` IN (6),
            LEAST(
              IF(
                `t12`.`part` IN (5),
                LEAST(`t12`.`counted_until`, `t12`.`effective_until`),
                `t12`.`counted_until`
              ),
              (
                (
                  LEAST(
                    (
                      DATEDIFF(
                        DAY,
                        MAKE_DATE(1970, 1, 1),
                        DATE_TRUNC('month', `t12`.`decided_on`) + INTERVAL '1' MONTH
                      ) + EXTRACT(day FROM `t12`.`decided_on`)
                    ) - 1,
                    DATEDIFF(
                      DAY,
                      MAKE_DATE(1970, 1, 1),
                      DATE_TRUNC('month', `t12`.`decided_on`) + INTERVAL '2' MONTH
                    )
                  ) + 1
                ) * 86400
              ) + -28800
            ),
            IF(
              `t12`.`part` IN (5),
              LEAST(`t12`.`counted_until`, `t12`.`effective_until`),
              `t12`.`counted_until`
            )
          )
        ),
        (
          (
            LEAST(
              (
                DATEDIFF(
                  DAY,
                  MAKE_DATE(1970, 1, 1),
                  DATE_TRUNC('month', `t12`.`decided_on`) + INTERVAL '36' MONTH
                ) + EXTRACT(day FROM `t12`.`decided_on`)
              ) - 1,
              DATEDIFF(
                DAY,
                MAKE_DATE(1970, 1, 1),
                DATE_TRUNC('month', `t12`.`decided_on`) + INTERVAL '37' MONTH
              )
            ) + 1
          ) * 86400
        ) + -28800
      ),
      IF(
        `t12`.`part` IN (4),
        LEAST(
          IF(
            `t12`.`part` IN (6),
            LEAST(
              IF(
                `t12`.`part` IN (5),
                LEAST(`t12`.`counted_until`, `t12`.`effective_until`),
                `t12`.`counted_until`
              ),
              (
                (
                  LEAST(
                    (
                      DATEDIFF(
                        DAY,
                        MAKE_DATE(1970, 1, 1),
                        DATE_TRUNC('month', `t12`.`decided_on`) + INTERVAL '1' MONTH
                      ) + EXTRACT(day FROM `t12`.`decided_on`)
                    ) - 1,
                    DATEDIFF(
                      DAY,
                      MAKE_DATE(1970, 1, 1),
                      DATE_TRUNC('month', `t12`.`decided_on`) + INTERVAL '2' MONTH
                    )
                  ) + 1
                ) * 86400
              ) + -28800
            ),
            IF(
              `t12`.`part` IN (5),
              LEAST(`t12`.`counted_until`, `t12`.`effective_until`),
              `t12`.`counted_until`
            )
          ),
          (
            (
              LEAST(
                (
                  DATEDIFF(
                    DAY,
                    MAKE_DATE(1970, 1, 1),
                    DATE_TRUNC('month', `t12`.`decided_on`) + INTERVAL '24' MONTH
                  ) + EXTRACT(day FROM `t12`.`decided_on`)
                ) - 1,
                DATEDIFF(
                  DAY,
                  MAKE_DATE(1970, 1, 1),
                  DATE_TRUNC('month', `t12`.`decided_on`) + INTERVAL '25' MONTH
                )
              ) + 1
            ) * 86400
          ) + -28800
        ),
        IF(
          `t12`.`part` IN (6),
          LEAST(
            IF(
              `t12`.`part` IN (5),
              LEAST(`t12`.`counted_until`, `t12`.`effective_until`),
              `t12`.`counted_until`
            ),
            (
              (
                LEAST(
                  (
                    DATEDIFF(
                      DAY,
                      MAKE_DATE(1970, 1, 1),
                      DATE_TRUNC('month', `t12`.`decided_on`) + INTERVAL '1' MONTH
                    ) + EXTRACT(day FROM `t12`.`decided_on`)
                  ) - 1,
                  DATEDIFF(
                    DAY,
                    MAKE_DATE(1970, 1, 1),
                    DATE_TRUNC('month', `t12`.`decided_on`) + INTERVAL '2' MONTH
                  )
                ) + 1
              ) * 86400
            ) + -28800
          ),
          IF(
            `t12`.`part` IN (5),
            LEAST(`t12`.`counted_until`, `t12`.`effective_until`),
            `t12`.`counted_until`
          )
        )
      )
    ) AS `until`
  FROM (
    SELECT
      *
    FROM (
      SELECT
        `t8`.`record_id`,
        `t8`.`subject_id`,
        `t8`.`item`,
        `t8`.`severity`,
        `t8`.`outcome`,
        `t8`.`supervision`,
        `t8`.`decided_on`,
        `t8`.`effective_until`,
        `t8`.`counted_until`,
        CAST(CASE
          WHEN `t8`.`item` = 11
          THEN 1
          WHEN (
            `t8`.`item` = 2
          )
          AND (
            `t8`.`decided_on` > MAKE_DATE(2023, 11, 22)
          )
          AND `t8`.`supervision` IN (1, 2)
          THEN 2
          WHEN (
            `t8`.`item` = 10
          ) AND (
            `t8`.`decided_on` > MAKE_DATE(2024, 11, 22)
          )
          THEN 4
          WHEN (
            `t8`.`item` = 1
          ) AND (
            `t8`.`effective_until` > 1795363200
          )
          THEN 5
          WHEN (
            `t8`.`item` = 17
          ) AND (
            `t8`.`decided_on` > MAKE_DATE(2026, 10, 22)
          )
          THEN 6
          WHEN `t8`.`item` = 16
          THEN 8
          ELSE -1
        END AS SMALLINT) AS `part`,
        CASE
          WHEN `t8`.`item` = 11
          THEN -200 * 1000
          WHEN `t8`.`item` = 2
          THEN CASE WHEN `t8`.`severity` = 2 THEN -20 WHEN `t8`.`severity` = 3 THEN -60 ELSE 0 END * CASE
            WHEN `t8`.`decided_on` > MAKE_DATE(2025, 11, 22)
            THEN 1000
            WHEN `t8`.`decided_on` > MAKE_DATE(2024, 11, 22)
            THEN 700
            ELSE 400
          END
          WHEN `t8`.`item` = 10
          THEN CASE WHEN `t8`.`outcome` = 3 THEN -30 WHEN `t8`.`outcome` = 2 THEN -5 ELSE 0 END * 1000
          WHEN `t8`.`item` = 1
          THEN 20 * 1000
          WHEN `t8`.`item` = 17
          THEN CASE WHEN `t8`.`outcome` = 5 THEN 5 ELSE 0 END * 1000
          WHEN `t8`.`item` = 16
          THEN 60 * 1000
          ELSE 0
        END AS `effect`
      FROM `t7` AS `t8`
      WHERE
        `t8`.`item` IN (11, 2, 10, 1, 17, 16)
    ) AS `t10`
    WHERE
      `t10`.`part` >= 0 AND `t10`.`effect` <> 0
  ) AS `t12`
  LEFT OUTER JOIN `observed` AS `t3`
    ON `t12`.`subject_id` = `t3`.`subject_id`
) AS `t14`
UNION ALL
SELECT
  *
FROM (
  SELECT
    `t9`.`subject_id`,
    `t9`.`part`,
    `t9`.`record_id`,
    `t9`.`effect` AS `milli_points`,
    IF(
      `t9`.`part` IN (3),
      LEAST(
        `t9`.`counted_until`,
        (
          (
            LEAST(
              (
                DATEDIFF(
                  DAY,
                  MAKE_DATE(1970, 1, 1),
                  DATE_TRUNC('month', `t9`.`decided_on`) + INTERVAL '36' MONTH
                ) + EXTRACT(day FROM `t9`.`decided_on`)
              ) - 1,
              DATEDIFF(
                DAY,
                MAKE_DATE(1970, 1, 1),
                DATE_TRUNC('month', `t9`.`decided_on`) + INTERVAL '37' MONTH
              )
            ) + 1
          ) * 86400
        ) + -28800
      ),
      `t9`.`counted_until`
    ) AS `until`
  FROM (
    SELECT
      `t8`.`record_id`,
      `t8`.`subject_id`,
      `t8`.`item`,
      `t8`.`severity`,
      `t8`.`outcome`,
      `t8`.`supervision`,
      `t8`.`decided_on`,
      `t8`.`effective_until`,
      `t8`.`counted_until`,
      CAST(CASE
        WHEN (
          `t8`.`item` = 2
        )
        AND (
          `t8`.`decided_on` > MAKE_DATE(2023, 11, 22)
        )
        AND `t8`.`supervision` IN (3)
        THEN 3
        WHEN `t8`.`item` = 17
        THEN 7
        ELSE -1
      END AS SMALLINT) AS `part`,
      CASE
        WHEN `t8`.`item` = 2
        THEN CASE WHEN `t8`.`severity` = 2 THEN -45 WHEN `t8`.`severity` = 3 THEN -90 ELSE 0 END * CASE
          WHEN `t8`.`decided_on` > MAKE_DATE(2025, 11, 22)
          THEN 1000
          WHEN `t8`.`decided_on` > MAKE_DATE(2024, 11, 22)
          THEN 700
          ELSE 400
        END
        WHEN `t8`.`item` = 17
        THEN CASE WHEN `t8`.`outcome` = 6 THEN -40 ELSE 0 END * 1000
        ELSE 0
      END AS `effect`
    FROM `t7` AS `t8`
    WHERE
      `t8`.`item` IN (2, 17)
  ) AS `t9`
  WHERE
    `t9`.`part` >= 0 AND `t9`.`effect` <> 0
) AS `t13`
) AS typed
