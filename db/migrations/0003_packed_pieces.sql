-- Pieces are packed by the import now. Those read before stay as they are, as bytes.
ALTER TABLE "transcript_chunks" ADD COLUMN "packed" "bytea";--> statement-breakpoint
ALTER TABLE "transcript_chunks" ALTER COLUMN "packed" SET STORAGE EXTERNAL;--> statement-breakpoint
UPDATE "transcript_chunks" SET "raw" = convert_to("body", 'UTF8') WHERE "body" IS NOT NULL;--> statement-breakpoint
ALTER TABLE "transcript_chunks" DROP COLUMN "body";--> statement-breakpoint
ALTER TABLE "transcript_chunks" ADD CONSTRAINT "transcript_chunks_one_form" CHECK (("transcript_chunks"."packed" is null) <> ("transcript_chunks"."raw" is null));
