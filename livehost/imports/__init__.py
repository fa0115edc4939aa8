"""What a creator has already, made into the creator's folder: shop exports, feeds, bot commands, documents."""
