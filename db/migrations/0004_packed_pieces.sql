-- Pieces are packed by the import now. Those read before stay as they are, as bytes; changing the type writes them once
-- and leaves no dead rows behind, as an update would.
ALTER TABLE "transcript_chunks" ALTER COLUMN "body" TYPE "bytea" USING coalesce("raw", convert_to("body", 'UTF8'));--> statement-breakpoint
ALTER TABLE "transcript_chunks" DROP COLUMN "raw";--> statement-breakpoint
ALTER TABLE "transcript_chunks" RENAME COLUMN "body" TO "raw";--> statement-breakpoint
ALTER TABLE "transcript_chunks" ADD COLUMN "packed" "bytea";--> statement-breakpoint
ALTER TABLE "transcript_chunks" ALTER COLUMN "packed" SET STORAGE EXTERNAL;--> statement-breakpoint
ALTER TABLE "transcript_chunks" ADD CONSTRAINT "transcript_chunks_one_form" CHECK (("transcript_chunks"."packed" is null) <> ("transcript_chunks"."raw" is null));
