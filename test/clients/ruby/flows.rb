# frozen_string_literal: true

# What a small EMR does with WebORCA in a day: ruby flows.rb URL USER PASSWORD xml|json DATE
# Every flow writes one line of JSON; the first that fails ends the program with 1.

require 'securerandom'
require_relative 'orca'

url, user, password, form, date = ARGV
ORCA = Orca.new(url, user, password, form)
DATE = date
PATIENT = '3'

def tell(flow, told)
  puts JSON.generate({ flow: flow }.merge(told))
  $stdout.flush
end

# A conversation of the 診療行為 screen: the client chooses Karte_Uid, the server gives Orca_Uid with the first answer.
class Conversation
  attr_reader :orca_uid

  def initialize
    @karte_uid = SecureRandom.uuid
    @orca_uid = ''
  end

  def step(screen, number, record)
    named = { 'Request_Number' => number, 'Karte_Uid' => @karte_uid, 'Orca_Uid' => @orca_uid }
    answer = ORCA.post("/api21/medicalmodv3#{screen}", "medicalv3req#{screen}", named.merge(record))
    @orca_uid = answer['Orca_Uid'] if answer['Orca_Uid']
    answer
  end

  # 32-03 asks (S40) until everything is answered.
  def confirm(record)
    answer = step(2, '03', record)
    answer = step(2, '03', record.merge('Select_Answer' => 'Ok')) while answer['Api_Result'] == 'S40'
    answer
  end

  # Acts, questions, bill, registration; gives the answer with the slip number.
  def register(subject, diagnosis, blocks)
    acts = { 'Outside_Class' => 'False', 'Medical_Information' => { 'Medical_Info' => blocks } }
    step(2, '02', subject.merge('Diagnosis_Information' => diagnosis.merge(acts)))
    confirm(subject)
    paid = { 'Ic_Request_Code' => '1', 'Print_Information' => { 'Print_Prescription_Class' => '0' } }
    bill = step(3, '04', subject.reject { |name, _| name == 'Invoice_Number' }.merge(paid))
    money = { 'Ic_Money' => bill.dig('Cd_Information', 'Total_Ic_Money').strip }
    step(3, '05', subject.reject { |name, _| name == 'Invoice_Number' }.merge(paid, 'Cd_Information' => money))
  end
end

def patient
  found = ORCA.get('/api01rv2/patientgetv2', id: PATIENT).fetch('Patient_Information')
  combination = found.fetch('HealthInsurance_Information').first.fetch('Insurance_Combination_Number')
  tell('patient', id: found['Patient_ID'], name: found['WholeName'], combination: combination)
  combination
end

def reception(combination)
  accepted = ORCA.post('/orca11/acceptmodv2', 'acceptreq', {
    'Request_Number' => '01', 'Patient_ID' => PATIENT, 'Department_Code' => '01', 'Physician_Code' => '10001',
    'Medical_Information' => '01', 'HealthInsurance_Information' => { 'Insurance_Combination_Number' => combination }
  }, { class: '01' })
  tell('reception', result: accepted['Api_Result'], id: accepted['Acceptance_Id'])
end

def diagnosis(combination)
  { 'Department_Code' => '01', 'Physician_Code' => '10001',
    'HealthInsurance_Information' => { 'Insurance_Combination_Number' => combination } }
end

def visit(combination)
  subject = { 'Patient_ID' => PATIENT, 'Perform_Date' => DATE }
  talk = Conversation.new
  begun = talk.step(1, '01', subject.merge('Diagnosis_Information' => diagnosis(combination).merge(
    'Medical_Information' => { 'OffTime' => '0', 'Doctors_Fee' => '02' }
  )))
  fee = begun.fetch('Medical_Information').flat_map { |each| each.fetch('Medical_Info') }
  drugs = { 'Medical_Class' => '210', 'Medical_Class_Number' => '30',
            'Medication_Info' => [{ 'Medication_Code' => '620000033', 'Medication_Number' => '1' }] }
  registered = talk.register(subject, diagnosis(combination), fee + [drugs])
  tell('visit', invoice: registered['Invoice_Number'], orca_uid: talk.orca_uid)
  registered.fetch('Invoice_Number')
end

def modify(invoice)
  subject = { 'Patient_ID' => PATIENT, 'Perform_Date' => DATE, 'Patient_Mode' => 'Modify', 'Invoice_Number' => invoice }
  talk = Conversation.new
  opened = talk.step(4, '01', subject)
  combination = opened.dig('HealthInsurance_Information', 'Insurance_Combination_Number')
  blocks = opened.dig('Medical_Information', 'Medical_Info')
  registered = talk.register(subject, diagnosis(combination), blocks.first(1))
  tell('modify', invoice: registered['Invoice_Number'], blocks_before: blocks.length)
end

# A client that vanished: its lock is found in the list and let go of.
def locks
  lost = Conversation.new
  lost.step(1, '01', 'Patient_ID' => PATIENT, 'Perform_Date' => DATE, 'Diagnosis_Information' => diagnosis('0001'))
  begin
    Conversation.new.step(1, '01', 'Patient_ID' => PATIENT, 'Perform_Date' => DATE,
                                   'Diagnosis_Information' => diagnosis('0001'))
    raise 'a second conversation got the patient'
  rescue Orca::Refused => e
    shut_out = e.code
  end
  held = Conversation.new.step(7, '00', {}).fetch('Lock_Information')
  ours = held.find { |lock| lock['Lock_Orca_Uid'] == lost.orca_uid }
  target = { 'Delete_Information' => { 'Delete_Karte_Uid' => ours['Lock_Karte_Uid'], 'Delete_Orca_Uid' => ours['Lock_Orca_Uid'] } }
  admin = Conversation.new
  asked = admin.step(7, '01', target)['Api_Result']
  admin.step(7, '01', target.merge('Select_Answer' => 'Ok'))
  left = begin
    Conversation.new.step(7, '00', {}).fetch('Lock_Information').length
  rescue Orca::Refused => e
    e.code
  end
  tell('locks', shut_out: shut_out, held: held.length, asked: asked, left: left)
end

combination = patient
reception(combination)
modify(visit(combination))
locks
