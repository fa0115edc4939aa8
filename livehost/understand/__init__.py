"""Words to questions: what a line says, and which of the creator's answers it asks for."""
