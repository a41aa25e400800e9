# SPDX-License-Identifier: MIT
# shellcheck shell=bash disable=SC2034
# Sourced by the image scripts: every name and number by which the images, init and the program know
# each other, in one place. Volume and partition names must not change: users' sticks carry them.

# GPT disk GUIDs begin with "TARE" in ASCII; that prefix is one of the four marks of a results disk.
ISO_DISK_GUID=54415245-0001-4d65-8153-000000000000
RESULTS_DISK_GUID=54415245-0002-4d65-8153-000000000000
RESULTS_PART_GUID=54415245-0002-4d65-8153-000000000001

# Partition types: EFI system; Basic Data, which Windows mounts; Linux, which it leaves alone.
TYPE_ESP=C12A7328-F81F-11D2-BA4B-00A0C93EC93B
TYPE_BASIC_DATA=EBD0A0A2-B9E5-4433-87C0-68B6B72699C7
TYPE_LINUX=0FC63DAF-8483-4772-8E79-3D69D8477DE4

ISO_LABEL=TARE_ISO
ESP_PARTLABEL=TARE_ESP
RESULTS_PARTLABEL=TARE_RESULTS
ESP_FAT_LABEL=TAREEFI
RESULTS_FAT_LABEL=TARERES
ESP_FAT_ID=54415201
RESULTS_FAT_ID=54415202
RESULTS_ID_LINE='TARE-RESULTS 1'

# Results file system: FAT16 needs 4085 to 65524 clusters; 32 MiB of 2 KiB has 16 thousand.
RESULTS_MIB=32
RESULTS_CLUSTER_SECTORS=4
SLOTS=8
SLOT_JSON_BYTES=1048576
SLOT_TEXT_BYTES=262144
INDEX_BYTES=262144

# Placeholder in the ISO that a user may overwrite in place with an uncompressed cpio archive.
EMBED_BYTES=65536
