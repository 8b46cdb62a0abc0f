"""企业中心 ``/centre``：a firm's own file, what it can do about it, who acts for it, and everything the platform holds about it."""
