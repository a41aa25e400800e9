# SPDX-License-Identifier: MIT
# Makes and starts a Hyper-V VM that boots tare.iso, and writes its serial port to serial.log until it
# has switched itself off. Run in an elevated PowerShell, in the folder that holds tare.iso and
# results.vhdx (qemu-img convert -f raw -O vhdx tare-results.img results.vhdx).
param(
    [ValidateSet(1, 2)][int] $Generation = 2,
    [string] $Name = "tare",
    [uint64] $SizeBytes = 32GB
)
$ErrorActionPreference = "Stop"
$folder = (Get-Location).Path

New-VHD -Path "$folder\scratch.vhdx" -SizeBytes $SizeBytes -Fixed | Out-Null
New-VM -Name $Name -Generation $Generation -MemoryStartupBytes 2GB -NoVHD | Out-Null
Set-VM -Name $Name -ProcessorCount 4 -StaticMemory -AutomaticCheckpointsEnabled $false
if ($Generation -eq 2) {
    Add-VMDvdDrive -VMName $Name -Path "$folder\tare.iso"
    Set-VMFirmware -VMName $Name -EnableSecureBoot Off -FirstBootDevice (Get-VMDvdDrive -VMName $Name)
} else {
    # Generation 1 comes with an empty drive on IDE and a SCSI controller.
    Set-VMDvdDrive -VMName $Name -Path "$folder\tare.iso"
    Set-VMBios -VMName $Name -StartupOrder @("CD", "IDE", "LegacyNetworkAdapter", "Floppy")
}
Add-VMHardDiskDrive -VMName $Name -ControllerType SCSI -Path "$folder\scratch.vhdx"
Add-VMHardDiskDrive -VMName $Name -ControllerType SCSI -Path "$folder\results.vhdx"
Set-VMComPort -VMName $Name -Number 1 -Path "\\.\pipe\$Name"
Start-VM -Name $Name

$pipe = New-Object IO.Pipes.NamedPipeClientStream(".", $Name, [IO.Pipes.PipeDirection]::In)
$pipe.Connect(60000)
$log = [IO.File]::Create("$folder\serial.log")
try {
    $pipe.CopyTo($log)
} finally {
    $log.Dispose()
    $pipe.Dispose()
}
