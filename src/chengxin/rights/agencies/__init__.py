"""信用服务机构。Registered agencies help firms with restoration: with the firm's authorisation, in their own name, never required."""
